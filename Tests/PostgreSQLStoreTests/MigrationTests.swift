import TestSupport
import Testing

@testable import Core
@testable import PostgreSQLStore

struct MigrationTests {
    private static let gone = "81e2ae3b-3c1a-4ae3-a071-dcef9fdee943"

    /// A table as Laravel's migrations make it on PostgreSQL, with what a crash of the original leaves; column types
    /// that different versions of it chose.
    private static func original(uuid: String, time: String, status: String, id: String, index: String) -> String {
        """
        CREATE TABLE remotisan_executions (
            id \(id) PRIMARY KEY, job_uuid \(uuid) NOT NULL, server_uuid varchar(255) NOT NULL,
            user_identifier varchar(255), command varchar(255) NOT NULL, parameters varchar(1000) NOT NULL,
            executed_at \(time) NOT NULL, finished_at \(time) NOT NULL DEFAULT '0', process_status \(status) NOT NULL,
            killed_by varchar(255), intended_to_kill_by varchar(255));
        \(index)
        INSERT INTO remotisan_executions (job_uuid, server_uuid, user_identifier, command, parameters, executed_at,
            finished_at, process_status, killed_by, intended_to_kill_by) VALUES
            ('76a37fdb-9d62-4ad8-94df-b632adc76c86', '\(gone)', 'bob@lab', 'demo:echo', 'filler 11', 1795401896,
                1795401896, 2, NULL, NULL),
            ('a01aaed9-5f6d-4906-bc1d-696629c4e8ba', '\(gone)', NULL, 'demo:echo', 'filler 11', 1795401896, 0, 1, NULL,
                NULL),
            ('3210df04-8b0b-46a3-ac06-ece8be493329', '\(gone)', 'ann@lab', 'demo:echo', 'filler 11', 1795401896, 0, 1,
                NULL, 'bob@lab'),
            ('57daa7fd-5712-474f-a529-0ad0539423a4', '\(gone)', 'ann@lab', 'demo:echo', 'filler 11', 1795401896,
                1795401896, 4, NULL, 'ann@lab');
        """
    }

    @Test(arguments: [
        original(
            uuid: "varchar(255)", time: "integer", status: "smallint", id: "bigserial",
            index: """
                ALTER TABLE remotisan_executions ADD CONSTRAINT remotisan_executions_job_uuid_unique UNIQUE (job_uuid);
                CREATE INDEX remotisan_executions_user_identifier_index ON remotisan_executions (user_identifier);
                """),
        original(uuid: "uuid", time: "bigint", status: "integer", id: "serial", index: ""),
        original(
            uuid: "char(36)", time: "numeric", status: "integer", id: "bigserial",
            index: "CREATE INDEX some_index ON remotisan_executions (job_uuid, server_uuid);"),
    ])
    func `a table that the original made is taken over with its rows`(_ tables: String) throws {
        let temporary = try TemporaryStore(isMigrated: false)
        try temporary.sql(tables)
        let store = temporary.store
        #expect(try !store.migrate().isEmpty)

        let page = try store.history(.init(visibility: .everything))
        #expect(page.total == 4)
        #expect(page.rows.map(\.id) == [4, 3, 2, 1])
        #expect(page.rows.map(\.status) == [.killed, .running, .running, .completed])
        #expect(page.rows[2].userIdentifier == nil)
        #expect(page.rows[1].intendedToKillBy == "bob@lab")
        #expect(page.rows.allSatisfy { $0.parameters == "filler 11" && $0.ending == .init() })
        #expect(page.rows.allSatisfy { $0.executedAt == 1_795_401_896 })
        #expect(try store.users(.everything) == ["ann@lab", "bob@lab"])
        #expect(try store.counts().map(\.count).reduce(0, +) == 4)
        #expect(try store.running(on: Self.gone).map(\.id) == [2, 3])

        let long = String(repeating: "é", count: 5000)
        let uuid = JobUUID()
        let row = Execution.sample(uuid, user: long, parameters: long, executedAt: 5_000_000_000)
        #expect(try store.insert(row, limit: RunningLimit(1)) == .running(id: 5))
        #expect(try store.execution(uuid)?.parameters == long)
        #expect(throws: StoreError.self) { try store.insert(.sample(uuid), limit: nil) }
        #expect(try store.settle(uuid, .sample()))
        let left = try #require(JobUUID("a01aaed9-5f6d-4906-bc1d-696629c4e8ba"))
        #expect(try store.settle(left, .sample(.failed, exitCode: nil)))
        #expect(try store.running(on: Self.gone).map(\.id) == [3])
        #expect(try store.migrate().isEmpty)
    }

    @Test func `migrating again does nothing, and a newer table is left alone`() throws {
        let temporary = try TemporaryStore()
        #expect(try temporary.store.migrate().isEmpty)
        try temporary.sql("INSERT INTO remotisan_migrations VALUES ('99 of tomorrow', 1)")
        #expect(try temporary.store.migrate().isEmpty)
        _ = try temporary.another().running(on: "x")
    }

    @Test func `of many that migrate at once one does, and all can work`() async throws {
        let temporary = try TemporaryStore(isMigrated: false)
        let applied = try await ExecutionStoreSuite.concurrently(6) { _ in
            let store = try temporary.another()
            let applied = try store.migrate()
            _ = try store.insert(.sample(), limit: nil)
            return applied
        }
        #expect(applied.filter { !$0.isEmpty }.count == 1)
        #expect(try temporary.store.counts().map(\.count) == [6])
    }

    @Test func `a database that does not hold Unicode is refused with what to do`() throws {
        let server = try PostgreSQLProcess.shared.get()
        let name = try server.makeDatabase() + "_latin"
        try server.sql(
            "CREATE DATABASE \(name) ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0", in: "postgres")
        let store = PostgreSQLStore(try TemporaryStore.address(server, name))
        let error = #expect(throws: StoreError.self) { try store.migrate() }
        #expect(error.map { "\($0)".contains("ENCODING 'UTF8'") } == true)
        #expect(try server.sql("SELECT to_regclass('remotisan_migrations') IS NULL", in: name) == "t")
    }
}
