import Core
import Glibc
import SQLStore

/// The content of a PostgreSQL database, for a move to another kind of store.
struct PostgreSQLContent: StoreContent {
    let server: PostgreSQLServer

    /// How long connections of other programs may take to be closed, in milliseconds. A broker that a supervisor has
    /// started ends within a moment.
    private static let patience: Int64 = 5000
    /// Rows that are read at a time.
    fileprivate static let batch = 1000

    func rowCounts() throws(StoreError) -> [String: Int64] {
        try use { connection throws(PostgreSQLError) in
            var counts: [String: Int64] = [:]
            for table in Tables.moved {
                let exists = try connection.one("SELECT to_regclass('\(table.name)') IS NOT NULL")
                guard exists == "t" else { continue }
                let count = try connection.one("SELECT count(*) FROM \(table.name)")
                counts[table.name] = count.flatMap { Int64($0) } ?? 0
            }
            return counts
        }
    }

    func movedTo() throws(StoreError) -> String? {
        MovedMark.place(
            in: try use { connection throws(PostgreSQLError) in try Migrations.applied(connection) })
    }

    func requireUnused() throws {
        let begun = Clock.boottimeMilliseconds()
        while true {
            let count = try use { connection throws(PostgreSQLError) in
                try connection.one(
                    """
                    SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid()
                        AND application_name = current_setting('application_name')
                    """)
            }
            guard let count = count.flatMap({ Int($0) }), count > 0 else { return }
            guard Clock.boottimeMilliseconds() - begun < Self.patience else {
                throw MoveError.inUse(connections: count)
            }
            usleep(50_000)
        }
    }

    func change<Value>(_ body: (any StoreTransaction) throws -> Value) throws -> Value {
        let connection = try open()
        let tables = (Tables.moved.map(\.name) + ["remotisan_migrations"]).joined(separator: ", ")
        try translating { () throws(PostgreSQLError) in
            // Waits for the locks for as long as for any statement, and then without a limit: the other store may take
            // its time, too.
            _ = try connection.run([
                .once("BEGIN"), .once("LOCK TABLE \(tables) IN EXCLUSIVE MODE"),
                .once("SELECT set_config('statement_timeout', '0', true)"),
                .once("SELECT set_config('idle_in_transaction_session_timeout', '0', true)"),
            ])
        }
        // If this throws, the connection is closed, which rolls the transaction back.
        let value = try body(PostgreSQLTransaction(connection: connection))
        try translating { () throws(PostgreSQLError) in
            _ = try connection.run([.once("COMMIT")], hasTimeout: false)
        }
        return value
    }

    private func open() throws(StoreError) -> Connection {
        try translating { () throws(PostgreSQLError) in try Connection(server, timeouts: .init()) }
    }

    private func use<Value>(_ body: (Connection) throws(PostgreSQLError) -> Value) throws(StoreError) -> Value {
        let connection = try open()
        return try translating { () throws(PostgreSQLError) in
            _ = try connection.run([.once("SELECT set_config('statement_timeout', '0', false)")])
            return try body(connection)
        }
    }
}

private func translating<Value>(_ body: () throws(PostgreSQLError) -> Value) throws(StoreError) -> Value {
    do { return try body() } catch { throw error.storeError }
}

extension Connection {
    /// The first value of the first row. Waits without a limit.
    fileprivate func one(_ sql: String, _ values: [Value] = []) throws(PostgreSQLError) -> String? {
        try run([.once(sql, values)], hasTimeout: false).first?.rows.first?.text(0)
    }
}

/// A transaction on a PostgreSQL database.
private struct PostgreSQLTransaction: StoreTransaction {
    let connection: Connection

    private func run(_ queries: Query...) throws(StoreError) -> [QueryResult] {
        try translating { () throws(PostgreSQLError) in try connection.run(queries, hasTimeout: false) }
    }

    private func number(_ sql: String) throws(StoreError) -> Int64 {
        try run(.once(sql)).first?.rows.first?.integer(0) ?? 0
    }

    func tables() throws -> [StoreTable] {
        try Tables.moved.map { table in
            let rows = try run(
                .once(
                    """
                    SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
                    WHERE attrelid = to_regclass('\(table.name)') AND attnum > 0 AND NOT attisdropped ORDER BY attnum
                    """)
            ).flatMap(\.rows)
            let columns = rows.compactMap { row in
                row.text(0).map { name in
                    StoreTable.Column(
                        name: name, isInteger: ["bigint", "integer", "smallint"].contains(row.text(1) ?? ""))
                }
            }
            return Tables.table(table, columns: columns)
        }
    }

    func count(_ table: StoreTable) throws -> Int64 { try number("SELECT count(*) FROM \(table.name)") }

    func forEachRow(of table: StoreTable, _ body: ([StoreValue]) throws -> Void) throws {
        let texts = Set(table.columns.filter { !$0.isInteger }.map(\.name))
        let order = table.key.map { texts.contains($0) ? "\($0) COLLATE \"C\"" : $0 }.joined(separator: ", ")
        _ = try run(
            .once(
                """
                DECLARE remotisan_rows NO SCROLL CURSOR FOR SELECT \(names(table)) FROM \(table.name) ORDER BY \(order)
                """))
        while true {
            let rows = try run(.once("FETCH \(PostgreSQLContent.batch) FROM remotisan_rows")).flatMap(\.rows)
            for row in rows { try body(values(row, table)) }
            if rows.count < PostgreSQLContent.batch { break }
        }
        _ = try run(.once("CLOSE remotisan_rows"))
    }

    private func values(_ row: QueryResult.Row, _ table: StoreTable) -> [StoreValue] {
        table.columns.enumerated().map { index, column in
            guard let text = row.text(index) else { return .null }
            return column.isInteger ? Int64(text).map { .integer($0) } ?? .text(text) : .text(text)
        }
    }

    func present(_ values: [String], in column: String, of table: StoreTable) throws -> Set<String> {
        let rows = try run(
            Query(
                "SELECT DISTINCT \(column) FROM \(table.name) WHERE \(column) = ANY ($1::text[])", [Value(list: values)]
            )
        ).flatMap(\.rows)
        return Set(rows.compactMap { $0.text(0) })
    }

    /// The indexes of trigrams take six times as long as all the others together.
    func dropSlowIndexes() throws {
        for name in SearchIndexes.names { _ = try run(.once("DROP INDEX IF EXISTS \(name)")) }
    }

    func insert(_ rows: [[StoreValue]], into table: StoreTable) throws {
        let arrays = table.columns.enumerated().map {
            "$\($0.offset + 1)::\($0.element.isInteger ? "bigint" : "text")[]"
        }
        let values = table.columns.indices.map { column in Value(array: rows.map { $0[column].text }) }
        _ = try run(
            Query(
                "INSERT INTO \(table.name) (\(names(table))) SELECT * FROM unnest(\(arrays.joined(separator: ", ")))",
                values))
    }

    func lastNumber(of table: StoreTable) throws -> Int64 {
        let sequence = try sequence(of: table)
        let largest = try number("SELECT coalesce(max(id), 0) FROM \(table.name)")
        guard let sequence else { return largest }
        return max(largest, try number("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM \(sequence)"))
    }

    func setLastNumber(_ number: Int64, of table: StoreTable) throws {
        guard number > 0, let sequence = try sequence(of: table) else { return }
        _ = try run(.once("SELECT setval($1::regclass, $2::bigint)", [Value(sequence), Value(number)]))
    }

    private func sequence(of table: StoreTable) throws(StoreError) -> String? {
        try run(.once("SELECT pg_get_serial_sequence('\(table.name)', 'id')")).first?.rows.first?.text(0)
    }

    func analyze() throws {
        _ = try run(.once("ANALYZE \(Tables.moved.map(\.name).joined(separator: ", "))"))
    }

    /// The triggers stop a program that has read the migrations before and waits for the lock.
    func setMoved(to place: String?) throws {
        _ = try run(.once("DELETE FROM remotisan_migrations WHERE \(MovedMark.condition)"))
        if place != nil {
            _ = try run(
                .once(
                    """
                    CREATE OR REPLACE FUNCTION remotisan_moved() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN RAISE EXCEPTION '\(MovedMark.reason)'; END $$
                    """))
        }
        for table in Tables.moved {
            let trigger = MovedMark.trigger(on: table.name)
            _ = try run(.once("DROP TRIGGER IF EXISTS \(trigger) ON \(table.name)"))
            guard place != nil else { continue }
            _ = try run(
                .once(
                    """
                    CREATE TRIGGER \(trigger) BEFORE INSERT ON \(table.name)
                        FOR EACH STATEMENT EXECUTE FUNCTION remotisan_moved()
                    """))
        }
        if place == nil { _ = try run(.once("DROP FUNCTION IF EXISTS remotisan_moved()")) }
        guard let place else { return }
        _ = try run(
            .once(
                "INSERT INTO remotisan_migrations (name, applied_at) VALUES ($1, $2)",
                [Value(MovedMark.name(for: place)), Value(Clock.seconds())]))
    }

    private func names(_ table: StoreTable) -> String { table.columns.map { "\"\($0.name)\"" }.joined(separator: ", ") }
}
