import Core
import Foundation
import GRDB
import TestSupport
import Testing

@testable import SQLiteStore

struct MigrationTests {
    /// A table as the original makes it, with what a crash of it leaves.
    private static func makeOriginal(at path: String) throws {
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

    @Test func `a table that the original made is taken over as it stands`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/remotisan.sqlite"
        try Self.makeOriginal(at: path)
        let store = try SQLiteStore(path: path)
        #expect(try !store.migrate().isEmpty)
        try OriginalTable.check(in: store)
    }

    @Test func `migrating again does nothing, and a newer table is left alone`() throws {
        let temporary = try TemporaryStore()
        #expect(try temporary.store.migrate().isEmpty)
        try temporary.store.write { db in
            try db.execute(sql: "INSERT INTO remotisan_migrations VALUES ('99 of tomorrow', 1)")
        }
        #expect(try temporary.store.migrate().isEmpty)
    }

    @Test func `a step that is missing is done, however many others there are`() throws {
        let temporary = try TemporaryStore()
        try temporary.store.write { db in
            try db.execute(
                sql: """
                    ALTER TABLE remotisan_instances DROP COLUMN gone_after;
                    DELETE FROM remotisan_migrations WHERE name = '8 when an instance is gone';
                    INSERT INTO remotisan_migrations VALUES ('99 of tomorrow', 1);
                    """)
        }
        #expect(try temporary.store.migrate() == ["8 when an instance is gone"])
        try temporary.store.register(.sample("a"))
    }

    @Test func `of many threads that start at once one migrates, and all can work`() async throws {
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

    @Test func `many that open and close the file at once never find it locked`() async throws {
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

    @Test func `of many processes that start at once one migrates, and all can work`() async throws {
        let broker = try Programs.besideThisOne().broker
        for _ in 0..<3 {
            let temporary = try TemporaryStorage()
            let configuration = temporary.directory.path + "/remotisan.yaml"
            try temporary.write("storage: \(temporary.storage.directory)\n", to: configuration)
            let statuses = try await ExecutionStoreSuite.concurrently(4) { _ in
                let process = Process()
                process.executableURL = URL(fileURLWithPath: broker)
                process.arguments = ["migrate", "--config", configuration]
                let said = try process.words()
                return "\(process.terminationStatus) \(said)"
            }
            #expect(statuses.allSatisfy { $0.hasPrefix("0 ") }, "\(statuses)")
            #expect(try SQLiteStore(path: temporary.storage.database).migrate().isEmpty)
        }
    }
}
