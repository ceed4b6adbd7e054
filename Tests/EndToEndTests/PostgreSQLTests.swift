import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// One instance on PostgreSQL: the main scenario, and outages of the database.
@Suite struct PostgreSQLTests {
    static func sample(_ server: PostgreSQLProcess, _ database: String) -> SampleConfiguration {
        SampleConfiguration(top: "kill: { grace: 300ms }\ndatabase: \"\(server.address(database))\"")
    }

    @Test func `the main scenario works on PostgreSQL, and refusals are recorded`() async throws {
        let server = try PostgreSQLProcess.shared.get()
        let database = try server.makeDatabase()
        try await Installation.run(.nginx, Self.sample(server, database)) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("greet", "'dear world' 😀")
            #expect(try await ann.follow(uuid).text == "Hello dear world 😀\n")
            let row = try await ann.settled(uuid)
            #expect(row.status == .completed)
            #expect(row.exit_code == 0)
            #expect(row.parameters == "'dear world' 😀")
            #expect(try await ann.settled(try await ann.start("ends", "7")).exit_code == 7)

            let broker = try await installation.startBroker()
            let endless = try await ann.start("tree", "pids")
            try await waitUntil("its output") { try await !ann.poll(endless).text.isEmpty }
            #expect(try await ann.kill(endless).status == 200)
            #expect(try await ann.kill(endless).status == 409)
            let killed = try await ann.settled(endless)
            #expect(killed.status == .killed)
            #expect(killed.killed_by == "ann")
            #expect(broker.ending == nil)

            #expect(try await ann.post("/execute", ["command": "deploy", "params": ""]).status == 400)
            let refused = try await installation.broker("history", "--refused")
            #expect(refused.out.contains("deploy"))
            #expect(try await ann.get("/history?status=4").json(History.self).data.map(\.command) == ["tree"])
            #expect(try await ann.get("/filters").text.contains("ann"))
            #expect(!FileManager.default.fileExists(atPath: installation.storage + "/remotisan.sqlite"))
            #expect(try server.sql("SELECT count(*) FROM remotisan_executions", in: database) == "3")
        }
    }

    @Test(arguments: [(SIGINT, true), (SIGKILL, false)])
    func `during an outage of PostgreSQL jobs continue, nothing starts, and afterwards all ends are settled`(
        _ signal: Int32, _ hasBroker: Bool
    ) async throws {
        let server = try PostgreSQLProcess()
        let database = try server.makeDatabase()
        try await Installation.run(.nginx, Self.sample(server, database)) { installation in
            if hasBroker { _ = try await installation.startBroker() }
            let ann = try await installation.person("ann")
            let good = try await ann.start("await", "go 0")
            let bad = try await ann.start("await", "go 5")
            let goesOn = try await ann.start("await", "later 0")
            let endless = try await ann.start("await", "never 0")
            for uuid in [good, bad, goesOn, endless] { try await installation.untilLogged(uuid, "ready") }
            let before = installation.jobFiles

            server.stop(signal)
            let requests = ["/history", "/execute/\(good)?offset=0", "/health"]
            for path in requests {
                let reply = try await ann.get(path)
                #expect(reply.status == 503, "\(path): \(reply.text)")
                #expect(reply.header("retry-after") == "5")
                #expect(!reply.text.contains("PostgreSQL"), "\(reply.text)")
            }
            let refused = try await ann.post("/execute", ["command": "greet", "params": "never"])
            #expect(refused.status == 503)
            #expect(refused.header("retry-after") == "5")
            #expect(try await ann.kill(endless).status == 503)
            #expect(installation.jobFiles == before, "Nothing was started, and no file of the attempt is left.")

            try installation.touch("go")
            for uuid in [good, bad] {
                let files = try installation.files(uuid)
                try await waitUntil("the exit record of \(uuid)") { try files.exitRecord() != nil }
                // Its supervisor has exited after a `settle` that could not reach the store, if there is no broker.
                try await installation.untilGone([try await installation.record(uuid).supervisor.pid])
            }
            #expect(ProcessTable.isAlive(try await installation.record(goesOn).command))

            try server.start()
            try await installation.untilAnswering()
            if !hasBroker { #expect(try await installation.broker("watch", "--for", "0").status == 0) }
            try await ann.expectEnd(of: good, .completed, exitCode: 0)
            try await ann.expectEnd(of: bad, .failed, exitCode: 5)
            #expect(try await ann.row(goesOn).status == .running)
            try installation.touch("later")
            #expect(try await ann.settled(goesOn).status == .completed)
            #expect(try await ann.kill(endless).status == 200)
            #expect(try await ann.settled(endless).status == .killed)
            let history = try await ann.get("/history").json(History.self)
            #expect(history.total == 4, "No execution is lost or doubled.")
            #expect(!history.data.contains { $0.parameters == "never" })
        }
    }

    @Test func `every program reads the password file, and the password appears nowhere else`() async throws {
        let server = try PostgreSQLProcess.shared.get()
        let database = try server.makeDatabase()
        let directory = try TemporaryDirectory()
        let file = directory.path + "/password"
        try Data("\(PostgreSQLProcess.password)\n".utf8).write(to: URL(fileURLWithPath: file))
        let address = "postgresql://postgres@127.0.0.1:\(server.port)/\(database)?sslmode=prefer"
        let top = "database: \"\(address)\"\ndatabase_password_file: \(file)"
        try await Installation.run(.nginx, SampleConfiguration(top: top)) { installation in
            let ann = try await installation.person("ann")
            #expect(try await ann.settled(try await ann.start("ends", "3")).exit_code == 3)
            let check = try await installation.broker("check")
            #expect(check.status == 0)
            let log = String(decoding: ProcessFacts.read(installation.directory + "/responder.log"), as: UTF8.self)
            for text in [check.out, check.errors, log] { #expect(!text.contains("ass word")) }
        }
    }

    @Test func `libpq's own variables reach settle, but neither the command nor an argument`()
        async throws
    {
        let server = try PostgreSQLProcess.shared.get()
        let database = try server.makeDatabase()
        let directory = try TemporaryDirectory()
        let password = directory.path + "/password"
        try Data("\(PostgreSQLProcess.password)\n".utf8).write(to: URL(fileURLWithPath: password))
        let top = """
            database: "host=127.0.0.1 port=\(server.port) dbname=\(database)"
            database_password_file: \(password)
            """
        let environment = ["PGUSER": "postgres"]
        try await Installation.run(.nginx, SampleConfiguration(top: top), environment: environment) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("await", "go 4")
            try await installation.untilLogged(uuid, "ready")
            let record = try await installation.record(uuid)
            for pid in [record.supervisor.pid, record.command.pid] {
                #expect(
                    !String(decoding: ProcessFacts.read("/proc/\(pid)/cmdline"), as: UTF8.self).contains("ass word"))
            }
            let seen = String(decoding: ProcessFacts.read("/proc/\(record.command.pid)/environ"), as: UTF8.self)
            #expect(seen.contains("REMOTISAN_JOB_UUID"))
            #expect(!seen.contains("PGUSER") && !seen.contains("REMOTISAN_BROKER"))
            try installation.touch("go")
            #expect(try await ann.settled(uuid).exit_code == 4)
        }
    }

    @Test func `TLS with certificate checks works in all programs, and doctor and check report a wrong certificate`()
        async throws
    {
        let server = try PostgreSQLProcess(hasTLS: true)
        let database = try server.makeDatabase()
        let directory = try TemporaryDirectory()
        let other = directory.path + "/other.crt"
        try SelfSigned.make(certificate: other, key: directory.path + "/other.key")
        let password = directory.path + "/password"
        try Data("\(PostgreSQLProcess.password)\n".utf8).write(to: URL(fileURLWithPath: password))
        func top(_ root: String) -> String {
            let address =
                "postgresql://postgres@localhost:\(server.port)/\(database)?sslmode=verify-full&sslrootcert=\(root)"
            return "database: \"\(address)&hostaddr=127.0.0.1\"\ndatabase_password_file: \(password)"
        }
        let right = SampleConfiguration(top: top(server.certificate))
        try await Installation.run(.nginx, right) { installation in
            let ann = try await installation.person("ann")
            #expect(try await ann.settled(try await ann.start("ends", "3")).exit_code == 3)
            let broker = try await installation.startBroker()
            let endless = try await ann.start("await", "never 0")
            try await installation.untilLogged(endless, "ready")
            #expect(try await ann.kill(endless).status == 200)
            #expect(try await ann.settled(endless).status == .killed)
            #expect(broker.ending == nil)
            let users = try server.sql(
                "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) "
                    + "WHERE application_name = 'remotisan' AND NOT ssl", in: database)
            #expect(users == "0")
            let good = try await installation.broker("check")
            #expect(!good.out.contains("sslrootcert"), "\(good.out)")

            let wrong = directory.path + "/wrong.yaml"
            func write(_ root: String) throws {
                let yaml = SampleConfiguration(top: top(root)).yaml(
                    storage: installation.storage, work: installation.work)
                try Data(yaml.utf8).write(to: URL(fileURLWithPath: wrong))
            }
            try write(other)
            let doctor = try await installation.broker("doctor", "--config", wrong, "--etc", directory.path)
            #expect(doctor.status == 1)
            let finding = doctor.out.split(separator: "\n").first { $0.hasPrefix("problem  store") } ?? ""
            #expect(finding.contains("certificate verify failed"), "\(doctor.out)\(doctor.errors)")
            let migrate = try await installation.broker("migrate", "--config", wrong)
            #expect(migrate.status != 0)
            #expect(migrate.errors.contains("certificate verify failed"), "\(migrate.errors)")
            try write("/none/root.crt")
            let check = try await installation.broker("check", "--config", wrong)
            #expect(check.out.contains("database: sslrootcert: /none/root.crt cannot be read"), "\(check.out)")
        }
    }
}
