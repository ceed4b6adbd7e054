import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// The findings of `doctor` for healthy and broken installations.
@Suite struct DoctorTests {
    /// An installation whose web server and cron files are in a directory like /etc.
    private func run(
        _ sample: SampleConfiguration = SampleConfiguration(), _ body: (Installation, String) async throws -> Void
    ) async throws {
        try await Installation.run(.nginx, sample) { installation in
            let etc = installation.directory + "/etc"
            let manager = FileManager.default
            try manager.createDirectory(atPath: etc + "/cron.d", withIntermediateDirectories: true)
            try manager.copyItem(atPath: Places.repository + "/cron/remotisan", toPath: etc + "/cron.d/remotisan")
            try manager.createDirectory(atPath: etc + "/nginx", withIntermediateDirectories: true)
            try manager.copyItem(
                atPath: installation.directory + "/server/nginx.conf", toPath: etc + "/nginx/nginx.conf")
            chmod(installation.storage, 0o750)
            try await body(installation, etc)
        }
    }

    private func doctor(_ installation: Installation, _ etc: String) async throws -> Installation.Output {
        try await installation.broker("doctor", "--etc", etc, "--socket", installation.socket)
    }

    @Test func `a healthy installation has no problem`() async throws {
        try await run { installation, etc in
            let between = try await doctor(installation, etc)
            #expect(between.status == 0, "\(between.out)\(between.errors)")
            _ = try await installation.startBroker()
            let output = try await doctor(installation, etc)
            #expect(output.status == 0, "\(output.out)\(output.errors)")
            for line in ["ok       broker: is watching.", "ok       socket: ", "ok       nginx, ", "ok       store: "] {
                #expect(output.out.contains(line), "\(line): \(output.out)")
            }
            #expect(!output.out.contains("\nproblem"))
        }
    }

    @Test func `problems of the web server, cron and the storage are reported`() async throws {
        try await run { installation, etc in
            let site = installation.directory + "/server/remotisan.location.conf"
            let text = try String(contentsOfFile: site, encoding: .utf8)
                .replacing("fastcgi_keep_conn off", with: "fastcgi_keep_conn on")
                .replacing("fastcgi_param REMOTISAN_USER    $remotisan_user;", with: "")
            try text.write(toFile: site, atomically: false, encoding: .utf8)
            unlink(etc + "/cron.d/remotisan")
            chmod(installation.storage + "/secret", 0o644)
            await installation.responder?.stop()
            let output = try await doctor(installation, etc)
            #expect(output.status == 1)
            let expected = [
                "problem  socket: ", "problem  storage: ", "other users may read",
                "problem  broker: nothing starts",
                "REMOTISAN_USER is not set", "fastcgi_keep_conn is on",
            ]
            for words in expected { #expect(output.out.contains(words), "\(words): \(output.out)") }
        }
    }

    @Test func `consoles, choice programs and a kill list that do not answer are reported`() async throws {
        let port = Ports.take()
        var sample = SampleConfiguration(commands: [
            "gone": "roles: [\"*\"], run: [/no/such/program]",
            "choose": """
            roles: ["*"], run: [echo], parameters: [{ name: a, type: choice, choices_from: [sh, -c, 'exit 3'] }]
            """,
        ])
        sample.top += "\nkill_list: redis://127.0.0.1:\(port)"
        try await run(sample) { installation, etc in
            #expect(try await installation.broker("refresh").status == 1)
            let output = try await doctor(installation, etc)
            #expect(output.status == 1)
            let expected = [
                "the program /no/such/program does not exist", "problem  kill list: ",
                "problem  choices of sh -c exit 3 in ", "exit code 3",
            ]
            for words in expected { #expect(output.out.contains(words), "\(words): \(output.out)") }
        }
    }

    @Test(.enabled(if: ServiceAccount.isSeparate, "Root may search every directory."))
    func `doctor says that the service's user may not look at the socket`() async throws {
        try await run { installation, etc in
            // The tests run the broker as the service's user.
            let folder = installation.directory + "/closed"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            try Data().write(to: URL(fileURLWithPath: folder + "/remotisan.sock"))
            chmod(folder, 0o700)
            let output = try await installation.broker("doctor", "--etc", etc, "--socket", folder + "/remotisan.sock")
            let line = "warning  socket: this user may not search the directory of \(folder)/remotisan.sock"
            #expect(output.out.contains(line), "\(output.out)\(output.errors)")
        }
    }

    @Test func `an invalid configuration and a missing storage are reported, and nothing is created`()
        async throws
    {
        try await run { installation, etc in
            let table = installation.directory + "/other.yaml"
            try "storage: \(installation.work)/none\n".write(toFile: table, atomically: false, encoding: .utf8)
            let missing = try await installation.broker("doctor", "--etc", etc, "--config", table)
            #expect(missing.status == 1)
            #expect(missing.out.contains("/none does not exist"), "\(missing.out)")
            #expect(access(installation.work + "/none", F_OK) != 0)
            try "stroage: /x\n".write(toFile: table, atomically: false, encoding: .utf8)
            let wrong = try await installation.broker("doctor", "--etc", etc, "--config", table)
            #expect(wrong.status == 1)
            #expect(wrong.out.contains("problem  configuration: ") && wrong.out.contains("Did you mean storage?"))
        }
    }

    @Test func `check refuses an empty file, and both name a command that no console lists`() async throws {
        try await run { installation, etc in
            let file = installation.directory + "/other.yaml"
            for text in ["", "# storage: /x\n---\n\n"] {
                try text.write(toFile: file, atomically: false, encoding: .utf8)
                let empty = try await installation.broker("check", "--config", file)
                #expect(empty.status == 1)
                #expect((empty.out + empty.errors).contains("other.yaml: is empty, so nobody can run anything."))
            }
            let console = installation.work + "/console"
            try """
            #!/bin/sh
            echo '{"commands":[{"name":"cache:clear","description":"","help":"","usage":["cache:clear"],
              "definition":{"arguments":[],"options":[]}}]}'
            """.write(toFile: console, atomically: false, encoding: .utf8)
            chmod(console, 0o755)
            try """
            storage: \(installation.storage)
            consoles: [{ kind: symfony, run: [\(console)], directory: \(installation.work) }]
            roles: { A: { users: [ann] } }
            commands: { allowed: { "cache:claer": { roles: [A] }, "cache:clear": { roles: [A] } } }
            """.write(toFile: file, atomically: false, encoding: .utf8)
            let before = try await installation.broker("check", "--config", file)
            #expect(!before.out.contains("no console lists"), "The console was not asked yet: \(before.out)")
            _ = try await installation.broker("refresh", "--config", file)
            let checked = try await installation.broker("check", "--config", file)
            let words =
                "commands.allowed.cache:claer: no console lists this command, so nobody can run it. Did you mean"
            #expect(checked.out.contains("warning: \(words) cache:clear?"), "\(checked.out)")
            #expect(!checked.out.contains("allowed.cache:clear:"))
            let output = try await installation.broker(
                "doctor", "--etc", etc, "--socket", installation.socket, "--config", file)
            #expect(output.out.contains("warning  commands: \(words) cache:clear?"), "\(output.out)")
        }
    }

    @Test func `doctor tells the last broker from the responder`() async throws {
        try await run { installation, etc in
            let broker = try await installation.startBroker()
            let lock = installation.storage + "/run.lock"
            try await waitUntil("a beat") { FileStatus(ofPath: lock).map { $0.size > 0 } ?? false }
            broker.signal(SIGKILL)
            _ = try await broker.ended()
            // The responder goes on to register the instance, and the broker has been gone for an hour.
            var times = [timeval(tv_sec: Int(Clock.seconds()) - 3600, tv_usec: 0), timeval()]
            times[1] = times[0]
            #expect(utimes(lock, times) == 0)
            _ = try await installation.person("ann").get("/commands")
            let output = try await doctor(installation, etc)
            #expect(
                output.out.contains(#/problem  broker: the last broker ran 36\d\d s ago, although/#), "\(output.out)")
        }
    }
}
