import Core
import SQLStore

/// The migrations of the PostgreSQL store.
enum Migrations {
    static let plan = MigrationPlan<Connection, PostgreSQLError>([
        step("1 the original's table", original),
        step("2 facts of an end") { _ in ending },
        step("3 refused attempts and tokens") { _ in own },
        step("4 counts") { _ in CountsTable.statements },
        step("5 instances") { _ in instances },
        step("6 executions that wait") { _ in queue },
        step("7 when an instance is gone") { _ in goneAfter },
        step("8 causes of an end") { _ in causes },
        step("9 tokens in the audit and idempotency keys") { _ in tokenFacts },
        step("10 places of instances") { _ in places },
        step("11 executions that were restored from files") { _ in restored },
        step("12 the audit") { _ in audit },
        step("13 durations") { _ in DurationOrder.indexes },
        step("14 favourites and presets") { _ in personal },
    ])

    private static func step(
        _ name: String, _ statements: @escaping @Sendable (Connection) throws(PostgreSQLError) -> [String]
    ) -> MigrationPlan<Connection, PostgreSQLError>.Step {
        .init(name) { connection throws(PostgreSQLError) in
            _ = try connection.run(statements(connection).map { Query.once($0) }, hasTimeout: false)
        }
    }

    /// The key of the advisory lock that concurrent migrations take. The number has no meaning.
    private static let lock = 0x7265_6d6f_7469_7361

    /// Fails if a migration is missing, or if a newer version of the program has applied more.
    static func requireCurrent(_ connection: Connection) throws(PostgreSQLError) {
        let applied = try applied(connection)
        try requireKnown(applied)
        guard plan.isComplete(applied: applied) else {
            throw PostgreSQLError(code: PostgreSQLError.undefinedTable, "a migration is missing")
        }
    }

    static func requireKnown(_ applied: Set<String>) throws(PostgreSQLError) {
        do throws(StoreError) { try plan.requireKnown(applied) } catch {
            guard case .unusable(let problem, let detail) = error else { return }
            throw PostgreSQLError(problem, detail)
        }
    }

    /// Applies the missing migrations in one transaction. Of two processes that start at once, one waits and then finds
    /// everything applied.
    ///
    /// - Returns: Names of the migrations that this call applied.
    static func apply(to connection: Connection) throws(PostgreSQLError) -> [String] {
        try connection.transaction { () throws(PostgreSQLError) in
            let answers = try connection.run(
                [
                    .once("BEGIN"), .once("SELECT set_config('statement_timeout', '0', true)"),
                    .once("SELECT set_config('idle_in_transaction_session_timeout', '0', true)"),
                    .once("SELECT pg_advisory_xact_lock(\(lock))"), .once("SELECT current_setting('server_encoding')"),
                ], hasTimeout: false)
            guard let encoding = answers.last?.rows.first?.text(0), encoding == "UTF8" else {
                throw PostgreSQLError(
                    code: "22021",
                    "the encoding of the database must be UTF8: create it with CREATE DATABASE … ENCODING 'UTF8'")
            }
            let done = try applied(connection)
            try requireKnown(done)
            if done.isEmpty {
                _ = try connection.run([
                    .once(
                        """
                        CREATE TABLE IF NOT EXISTS remotisan_migrations (
                            name text COLLATE "C" PRIMARY KEY, applied_at bigint NOT NULL
                        )
                        """)
                ])
            }
            let names = try plan.apply(to: connection, applied: done) { name throws(PostgreSQLError) in
                _ = try connection.run([
                    .once(
                        "INSERT INTO remotisan_migrations (name, applied_at) VALUES ($1, $2)",
                        [Value(name), Value(Clock.seconds())])
                ])
            }
            _ = try connection.run([.once("COMMIT")], hasTimeout: false)
            return names
        }
    }

    /// Names of the migrations that have been applied.
    static func applied(_ connection: Connection) throws(PostgreSQLError) -> Set<String> {
        let exists = try connection.run([.once("SELECT to_regclass('remotisan_migrations') IS NOT NULL")])
        guard exists.first?.rows.first?.bool(0) == true else { return [] }
        let names = try connection.run([.once("SELECT name FROM remotisan_migrations")])
        return Set(names.flatMap(\.rows).compactMap { $0.text(0) })
    }
}
