import Core

/// The audit in a PostgreSQL database that several instances may share.
package final class PostgreSQLStore: Sendable {
    private let pool: ConnectionPool
    private let connect: @Sendable () throws(PostgreSQLError) -> Connection

    /// A store; nothing is connected before it is used.
    ///
    /// - Parameter server: Where the database is.
    package convenience init(_ server: PostgreSQLServer) {
        self.init(server, timeout: Connection.Timeouts())
    }

    init(_ server: PostgreSQLServer, timeout: Connection.Timeouts) {
        let connect = { @Sendable () throws(PostgreSQLError) in try Connection(server, timeout) }
        self.connect = connect
        pool = ConnectionPool { () throws(PostgreSQLError) in
            let connection = try connect()
            // A server's tables are an administrator's: nobody changes them in passing.
            guard try Migrations.areComplete(connection) else {
                throw PostgreSQLError(code: PostgreSQLError.undefinedTable, "a step of migration is missing")
            }
            return connection
        }
    }

    /// Brings the tables up to date, however long that takes.
    ///
    /// - Returns: Names of the migrations that this call applied.
    @discardableResult
    package func migrate() throws(StoreError) -> [String] {
        try Self.translating { () throws(PostgreSQLError) in try Migrations.apply(to: connect()) }
    }

    /// Does something on a connection of its own.
    ///
    func use<Value>(_ body: (Connection) throws(PostgreSQLError) -> Value) throws(StoreError) -> Value {
        try Self.translating { () throws(PostgreSQLError) in try pool.use(body) }
    }

    /// Does statements in one transaction and one round trip.
    ///
    func run(_ queries: Query...) throws(StoreError) -> [QueryResult] {
        try use { connection throws(PostgreSQLError) in try connection.run(queries) }
    }

    /// Does one statement.
    ///
    func run(_ sql: String, _ values: [Value] = []) throws(StoreError) -> QueryResult {
        let answers = try run(Query(sql, values))
        guard let answer = answers.first else { throw .broken("PostgreSQL: a statement without an answer") }
        return answer
    }

    private static func translating<Value>(_ body: () throws(PostgreSQLError) -> Value) throws(StoreError) -> Value {
        do {
            return try body()
        } catch {
            throw error.storeError
        }
    }
}
