import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// `move-store`, as an administrator uses it.
@Suite struct MoveStoreCommandTests {
    private struct Report: Decodable {
        struct Table: Decodable {
            let name: String
            let rows: Int
            let sha256: String?
        }
        let state: String
        let tables: [Table]
        let configuration: [String: String?]?
    }

    private static func report(_ output: Installation.Output) throws -> Report {
        #expect(output.status == 0, "\(output.errors)")
        return try JSONDecoder().decode(Report.self, from: Data(output.out.utf8))
    }

    @Test func `an instance moves to PostgreSQL while a job runs, and goes on there`() async throws {
        let server = try PostgreSQLProcess.shared.get()
        let database = try server.makeDatabase()
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let done = try await ann.start("greet", "you")
            _ = try await ann.settled(done)
            let running = try await ann.start("await", "go 0")
            try await installation.untilLogged(running, "ready")
            let before = try await ann.get("/history").json(History.self).data.map(\.job_uuid)
            let address = "postgresql://postgres@127.0.0.1:\(server.port)/\(database)"
            let secret = installation.directory + "/password"
            try PostgreSQLProcess.password.write(toFile: secret, atomically: false, encoding: .utf8)
            if ServiceAccount.isSeparate { chown(secret, ServiceAccount.user, ServiceAccount.group) }
            let words = ["move-store", "--to", address, "--password-file", secret]

            let refused = try await installation.broker(words)
            #expect(refused.status == 4)
            #expect(refused.errors.contains("A responder uses the storage"), "\(refused.errors)")
            await installation.responder?.stop()
            let leaky = try await installation.broker(
                "move-store", "--to", "postgresql://postgres:hunter2@127.0.0.1:\(server.port)/\(database)")
            #expect(leaky.status == 1)
            #expect(leaky.errors.contains("--to contains a password"), "\(leaky.errors)")
            #expect(!leaky.errors.contains("hunter2"))
            let plan = try Self.report(await installation.broker(words + ["--dry-run", "--json"]))
            #expect(plan.state == "planned")
            #expect(try server.sql("SELECT to_regclass('remotisan_executions') IS NULL", in: database) == "t")

            let moved = try Self.report(await installation.broker(words + ["--json"]))
            #expect(moved.state == "moved")
            #expect(moved.tables.first { $0.name == "remotisan_executions" }?.rows == 2)
            #expect(moved.tables.allSatisfy { $0.sha256?.count == 64 })
            #expect(moved.configuration == ["database": address, "database_password_file": secret])
            let old = try await installation.broker("history")
            #expect(old.status == 69)
            #expect(old.errors.contains("move-store has moved its content to \(address)"), "\(old.errors)")

            let yaml = try String(contentsOfFile: installation.configuration, encoding: .utf8)
            try (yaml + "\ndatabase: \"\(address)\"\ndatabase_password_file: \(secret)\n")
                .write(toFile: installation.configuration, atomically: false, encoding: .utf8)
            try installation.startResponder()
            try await installation.untilAnswering()
            #expect(try await ann.get("/history").json(History.self).data.map(\.job_uuid) == before)
            #expect(try await ann.poll(running).text == "ready\n")
            try installation.touch("go")
            #expect(try await ann.settled(running).status == .completed)
            let verified = try await installation.broker("audit", "verify")
            #expect(verified.status == 0, "\(verified.out)")
            let again = try await ann.start("greet", "again")
            _ = try await ann.settled(again)
            #expect(try server.sql("SELECT max(id) FROM remotisan_executions", in: database) == "3")
        }
    }

    /// Adds rows to the SQLite store.
    private static func fill(_ installation: Installation, rows: Int) async throws {
        let script = """
            import sqlite3, uuid
            with sqlite3.connect("\(installation.storage)/remotisan.sqlite", timeout=10) as db:
                db.executemany(
                    "INSERT INTO remotisan_executions (job_uuid, server_uuid, user_identifier, command, parameters, "
                    "executed_at, finished_at, process_status) VALUES (?, 'a', 'ann', 'one', ?, 1790000000, 1790000001, 2)",
                    ((str(uuid.uuid4()), "x" * (number % 300)) for number in range(\(rows))))
            """
        let program = try installation.spawn(["/usr/bin/python3", "-c", script], output: "fill.log")
        #expect(try await program.ended() == .code(0))
    }

    /// Starts a move, and kills it when the server shows a statement of it.
    ///
    /// - Returns: Whether it was killed before its end.
    private static func kill(
        _ words: [String], _ installation: Installation, when statement: String, on server: PostgreSQLProcess,
        _ database: String
    ) async throws -> Bool {
        let move = try installation.spawn(
            [installation.programs + "/remotisan-broker"] + words + ["--config", installation.configuration],
            output: "move.log")
        let seen = """
            SELECT count(*) FROM pg_stat_activity
            WHERE application_name = 'remotisan' AND datname = current_database() AND query LIKE '\(statement)%'
            """
        try await waitUntil(statement) { try move.ending != nil || server.sql(seen, in: database) != "0" }
        move.signal(SIGKILL)
        let ending = try await move.ended()
        let left =
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'remotisan' AND datname = current_database()"
        try await waitUntil("the end of its connections") { try server.sql(left, in: database) == "0" }
        return ending == .signal(SIGKILL)
    }

    @Test func `a move that is killed at any moment leaves nothing, and succeeds when it is repeated`() async throws {
        let server = try PostgreSQLProcess.shared.get()
        let database = try server.makeDatabase()
        let address = server.address(database)
        try await Installation.run { installation in
            await installation.responder?.stop()
            try await Self.fill(installation, rows: 20_000)
            let count = "SELECT count(*) FROM remotisan_executions"
            let there = ["move-store", "--to", address]
            // While rows are written, and while they are read again.
            for statement in ["INSERT INTO remotisan_executions", "FETCH"] {
                #expect(try await Self.kill(there, installation, when: statement, on: server, database))
                #expect(try server.sql(count, in: database) == "0", "killed at \(statement)")
                #expect(try await installation.broker("history").status == 0)
            }
            let moved = try Self.report(await installation.broker(there + ["--json"]))
            #expect(moved.tables.first { $0.name == "remotisan_executions" }?.rows == 20_000)
            #expect(try server.sql(count, in: database) == "20000")

            let file = installation.storage + "/remotisan.sqlite"
            for end in ["", "-wal", "-shm"] { rename(file + end, installation.directory + "/old.sqlite" + end) }
            let yaml = try String(contentsOfFile: installation.configuration, encoding: .utf8)
            try (yaml + "\ndatabase: \"\(address)\"\n")
                .write(toFile: installation.configuration, atomically: false, encoding: .utf8)
            let back = ["move-store", "--to", "sqlite"]
            #expect(try await Self.kill(back, installation, when: "FETCH", on: server, database))
            #expect(try await installation.broker("history").status == 0)
            let again = try Self.report(await installation.broker(back + ["--json"]))
            #expect(again.state == "moved")
            let hash = { (report: Report) in report.tables.first { $0.name == "remotisan_executions" }?.sha256 }
            #expect(hash(again) == hash(moved))
        }
    }

    @Test func `a terminal shows how far a move is, in a line that is gone at the end, and a script does not`()
        async throws
    {
        let server = try PostgreSQLProcess.shared.get()
        try await Installation.run { installation in
            await installation.responder?.stop()
            try await Self.fill(installation, rows: 2500)
            let words = ["move-store", "--to", server.address(try server.makeDatabase())]
            let shown = try await installation.onTerminal(words)
            #expect(shown.status == 0, "\(shown.text)")
            // Each step begins with erasing the line of the step before.
            let parts = shown.text.components(separatedBy: "\r\u{1B}[K")
            try #require(parts.count > 4, "\(shown.text.debugDescription)")
            #expect(parts[0].isEmpty)
            #expect(parts.contains("moving remotisan_executions: 1000 of 2500 rows"), "\(parts)")
            #expect(parts.contains("checking remotisan_executions: 1000 of 2500 rows"), "\(parts)")
            #expect(parts.dropLast().last == "making the indexes of searches", "\(parts)")
            let result = try #require(parts.last)
            #expect(result.hasPrefix("remotisan_") && result.contains("remotisan_executions: 2500 rows, SHA-256 "))

            _ = try await installation.broker("move-store", "--undo")
            for environment in [["TERM": "dumb"], ["TERM": ""]] {
                let other = ["move-store", "--to", server.address(try server.makeDatabase())]
                let plain = try await installation.onTerminal(other, environment: environment)
                #expect(plain.status == 0 && !plain.text.contains("\u{1B}"), "\(plain.text)")
                _ = try await installation.broker("move-store", "--undo")
            }
            let script = try await installation.broker(
                "move-store", "--to", server.address(try server.makeDatabase()))
            #expect(script.status == 0 && script.errors.isEmpty, "\(script.errors)")
        }
    }

    @Test func `an error of a move begins in a line of its own`() async throws {
        let server = try PostgreSQLProcess.shared.get()
        try await Installation.run { installation in
            await installation.responder?.stop()
            try await Self.fill(installation, rows: 1500)
            let file = installation.storage + "/remotisan.sqlite"
            // SQLite takes any value in any column.
            let script = """
                import sqlite3
                with sqlite3.connect("\(file)", timeout=10) as db:
                    db.execute("UPDATE remotisan_executions SET exit_code = 'none' WHERE id = (SELECT max(id) FROM remotisan_executions)")
                """
            let program = try installation.spawn(["/usr/bin/python3", "-c", script], output: "spoil.log")
            #expect(try await program.ended() == .code(0))
            let shown = try await installation.onTerminal(
                ["move-store", "--to", server.address(try server.makeDatabase())])
            #expect(shown.status == 1)
            let parts = shown.text.components(separatedBy: "\r\u{1B}[K")
            #expect(parts.contains("moving remotisan_executions: 1000 of 1500 rows"), "\(parts)")
            #expect(
                parts.last?.hasPrefix("remotisan-broker: The row 1500 of remotisan_executions has a value") ?? false,
                "\(parts)")
        }
    }
}
