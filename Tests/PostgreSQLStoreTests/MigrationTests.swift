import Foundation
import TestSupport
import Testing

@testable import Core
@testable import PostgreSQLStore

struct MigrationTests {
    /// A table of the original on PostgreSQL. Different versions of Laravel chose different column types.
    private static func original(uuid: String, time: String, status: String, id: String, index: String) -> String {
        """
        CREATE TABLE remotisan_executions (
            id \(id) PRIMARY KEY, job_uuid \(uuid) NOT NULL, server_uuid varchar(255) NOT NULL,
            user_identifier varchar(255), command varchar(255) NOT NULL, parameters varchar(1000) NOT NULL,
            executed_at \(time) NOT NULL, finished_at \(time) NOT NULL DEFAULT '0', process_status \(status) NOT NULL,
            killed_by varchar(255), intended_to_kill_by varchar(255));
        \(index)
        \(OriginalTable.rows)
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
    func `a table of the original is migrated with its rows`(_ tables: String) throws {
        let temporary = try TemporaryStore(isMigrated: false)
        try temporary.sql(tables)
        let store = temporary.store
        #expect(try !store.migrate().isEmpty)
        try OriginalTable.check(in: store)
        #expect(try store.migrate().isEmpty)
    }

    @Test func `a second migration changes nothing, and a newer database is refused`() throws {
        let temporary = try TemporaryStore()
        #expect(try temporary.store.migrate().isEmpty)
        try temporary.store.verify()
        try temporary.sql("INSERT INTO remotisan_migrations VALUES ('99 of tomorrow', 1)")
        for refused in [
            { _ = try temporary.store.migrate() }, { try temporary.store.verify() },
            { _ = try temporary.another().running(on: "x") },
        ] {
            let error = #expect(throws: StoreError.self) { try refused() }
            guard case .unusable(.newerSchema, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func `a missing table is found`() throws {
        let temporary = try TemporaryStore()
        try temporary.sql("DROP TABLE remotisan_refusals")
        let error = #expect(throws: StoreError.self) { try temporary.store.verify() }
        guard case .unusable(.missingTable, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `causes that were only in the wording of columns become facts`() throws {
        let temporary = try TemporaryStore()
        // The tables as they were after step 7.
        try temporary.sql(
            """
            DROP INDEX remotisan_closed;
            ALTER TABLE remotisan_executions DROP COLUMN timed_out, DROP COLUMN lost, DROP COLUMN closed_by;
            CREATE INDEX remotisan_closed ON remotisan_executions (server_uuid)
                WHERE process_status = 3 AND substr(reason, 1, 15) = 'lost: instance ';
            DELETE FROM remotisan_migrations WHERE name = '8 causes of an end';
            \(OldCauses.rows)
            """)
        let store = try temporary.another()
        #expect(try store.migrate() == ["8 causes of an end"])
        try OldCauses.check(in: store)
    }

    @Test func `one of several concurrent stores migrates`() async throws {
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

    @Test func `a database without Unicode is an error with the remedy`() throws {
        let server = try PostgreSQLProcess.shared.get()
        let name = try server.makeDatabase() + "_latin"
        try server.sql(
            "CREATE DATABASE \(name) ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0", in: "postgres")
        let store = PostgreSQLStore(try TemporaryStore.address(server, name))
        let error = #expect(throws: StoreError.self) { try store.migrate() }
        #expect(error.map { "\($0)".contains("ENCODING 'UTF8'") } == true)
        #expect(try server.sql("SELECT to_regclass('remotisan_migrations') IS NULL", in: name) == "t")
    }

    @Test func `searches have indexes, unless the role may not create the extension`() throws {
        let temporary = try TemporaryStore()
        #expect(try temporary.store.searchState() == .indexed(missing: 0))
        // An index whose creation was interrupted is created again.
        try temporary.sql(
            """
            UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'remotisan_by_text'::regclass;
            """)
        guard case .unindexed(let reason) = try temporary.store.searchState() else {
            Issue.record("An invalid index is none.")
            return
        }
        #expect(reason.contains("CREATE EXTENSION pg_trgm"))
        #expect(try temporary.store.migrate().isEmpty)
        #expect(try temporary.store.searchState() == .indexed(missing: 0))

        let poor = try TemporaryStore(isMigrated: false)
        let role = "poor_\(poor.database)"
        try poor.sql(
            """
            CREATE ROLE \(role) LOGIN;
            GRANT USAGE, CREATE ON SCHEMA public TO \(role);
            ALTER ROLE \(role) IN DATABASE \(poor.database) SET search_path = public;
            REVOKE CREATE ON DATABASE \(poor.database) FROM PUBLIC;
            """)
        let address = poor.server.address(poor.database).replacingOccurrences(
            of: "user=postgres", with: "user=\(role)")
        let store = PostgreSQLStore(try #require(try PostgreSQLServer(parsing: address)))
        #expect(try !store.migrate().isEmpty)
        #expect(try store.searchState() != .indexed(missing: 0))
        _ = try store.insert(.sample(parameters: "needle"), limit: nil)
        #expect(try store.history(.init(visibility: .everything, text: "EEDL")).total == 1)
    }

    @Test func `an index of a long table may take longer than a statement`() throws {
        let temporary = try TemporaryStore()
        try temporary.sql(
            """
            DROP INDEX remotisan_by_text;
            INSERT INTO remotisan_executions (job_uuid, server_uuid, command, parameters, executed_at, process_status)
                SELECT i, 's', 'c', repeat(md5(i::text), 10) || sha512(i::text::bytea)::text, i, 2
                FROM generate_series(1, 30000) AS n (i)
            """)
        let hasty = try temporary.another(.init(statement: 300))
        #expect(try hasty.migrate().isEmpty)
        #expect(try hasty.searchState() == .indexed(missing: 0))
    }
}
