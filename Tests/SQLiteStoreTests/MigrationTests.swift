import Core
import Foundation
import GRDB
import TestSupport
import Testing

@testable import SQLiteStore

struct MigrationTests {
    /// Creates a table of the original, with the rows after a crash.
    private static func createOriginal(at path: String) throws {
        try DatabaseQueue(path: path).write { db in
            try db.execute(
                sql: """
                    CREATE TABLE "remotisan_executions" (
                        "id" integer not null primary key autoincrement, "job_uuid" varchar not null,
                        "server_uuid" varchar not null, "user_identifier" varchar, "command" varchar not null,
                        "parameters" varchar not null, "executed_at" integer not null, "finished_at" integer not null,
                        "process_status" integer not null, "killed_by" varchar, "intended_to_kill_by" varchar);
                    CREATE UNIQUE INDEX "remotisan_executions_job_uuid_unique" on "remotisan_executions" ("job_uuid");
                    CREATE INDEX "remotisan_executions_executed_at_index" on "remotisan_executions" ("executed_at");
                    CREATE INDEX "remotisan_executions_user_identifier_index" on "remotisan_executions" ("user_identifier");
                    CREATE INDEX "remotisan_executions_job_uuid_server_uuid_index"
                        on "remotisan_executions" ("job_uuid", "server_uuid");
                    """)
            try db.execute(sql: OriginalTable.rows)
        }
    }

    @Test func `a table of the original is migrated with its rows`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/remotisan.sqlite"
        try Self.createOriginal(at: path)
        let store = try SQLiteStore(path: path)
        #expect(try !store.migrate().isEmpty)
        try OriginalTable.check(in: store)
    }

    @Test func `a second migration changes nothing, and a newer database is refused`() throws {
        let temporary = try TemporaryStore()
        #expect(try temporary.store.migrate().isEmpty)
        try temporary.store.write { db in
            try db.execute(sql: "INSERT INTO remotisan_migrations VALUES ('99 of tomorrow', 1)")
        }
        let error = #expect(throws: StoreError.self) { try temporary.store.migrate() }
        #expect(error?.description.contains("a newer version changed its tables (step '99 of tomorrow')") == true)
    }

    @Test func `a missing step is applied after newer ones`() throws {
        let temporary = try TemporaryStore()
        try temporary.store.write { db in
            try db.execute(
                sql: """
                    ALTER TABLE remotisan_instances DROP COLUMN gone_after;
                    DELETE FROM remotisan_migrations WHERE name = '8 when an instance is gone';
                    """)
        }
        #expect(try temporary.store.migrate() == ["8 when an instance is gone"])
        try temporary.store.register(.sample("a"))
    }

    @Test func `causes that were only in the wording of columns become facts`() throws {
        let temporary = try TemporaryStore()
        // The tables as they were after step 8.
        try temporary.store.write { db in
            try db.execute(
                sql: """
                    DROP INDEX remotisan_closed;
                    ALTER TABLE remotisan_executions DROP COLUMN timed_out;
                    ALTER TABLE remotisan_executions DROP COLUMN lost;
                    ALTER TABLE remotisan_executions DROP COLUMN closed_by;
                    CREATE INDEX remotisan_closed ON remotisan_executions (server_uuid)
                        WHERE process_status = 3 AND substr(reason, 1, 15) = 'lost: instance ';
                    DELETE FROM remotisan_migrations WHERE name = '9 causes of an end';
                    \(OldCauses.rows)
                    """)
        }
        #expect(try temporary.store.migrate() == ["9 causes of an end"])
        try OldCauses.check(in: temporary.store)
    }

    @Test func `one of several concurrent threads migrates`() async throws {
        for _ in 0..<10 {
            let directory = try TemporaryDirectory()
            let path = directory.path + "/remotisan.sqlite"
            let applied = try await ExecutionStoreSuite.concurrently(4) { _ in
                let store = try SQLiteStore(path: path)
                let applied = try store.migrate()
                _ = try store.insert(.sample(), limit: nil)
                return applied
            }
            #expect(applied.filter { !$0.isEmpty }.count == 1)
            #expect(try SQLiteStore(path: path).counts().map(\.count) == [4])
        }
    }

    @Test func `opening and closing the file concurrently causes no lock errors`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/remotisan.sqlite"
        _ = try await ExecutionStoreSuite.concurrently(8) { _ in
            for _ in 0..<15 {
                let store = try SQLiteStore(path: path)
                try store.migrate()
                _ = try store.insert(.sample(), limit: nil)
            }
        }
        #expect(try SQLiteStore(path: path).counts().map(\.count) == [8 * 15])
    }

    @Test func `several concurrent processes migrate without errors`() async throws {
        let broker = try Programs.besideThisOne().broker
        for _ in 0..<3 {
            let temporary = try TemporaryStorage()
            let configuration = temporary.directory.path + "/remotisan.yaml"
            try temporary.write("storage: \(temporary.storage.directory)\n", to: configuration)
            let statuses = try await ExecutionStoreSuite.concurrently(4) { _ in
                let process = TestProcess()
                process.executableURL = URL(fileURLWithPath: broker)
                process.arguments = ["migrate", "--config", configuration]
                let output = try process.runToEnd()
                return "\(process.terminationStatus) \(output)"
            }
            #expect(statuses.allSatisfy { $0.hasPrefix("0 ") }, "\(statuses)")
            #expect(try SQLiteStore(path: temporary.storage.database).migrate().isEmpty)
        }
    }
}
