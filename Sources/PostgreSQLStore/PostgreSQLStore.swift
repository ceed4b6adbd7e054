import Core

/// The audit in a PostgreSQL database that several instances may share.
package final class PostgreSQLStore: Sendable {
    private let pool: ConnectionPool
    private let connect: @Sendable () throws(Failure) -> Connection

    /// A store; nothing is connected before it is used.
    ///
    /// - Parameter server: Where the database is.
    package convenience init(_ server: PostgreSQLServer) {
        self.init(server, patience: Connection.Patience())
    }

    init(_ server: PostgreSQLServer, patience: Connection.Patience) {
        let connect = { @Sendable () throws(Failure) in try Connection(server, patience) }
        self.connect = connect
        pool = ConnectionPool { () throws(Failure) in
            let connection = try connect()
            // A server's tables are an administrator's: nobody changes them in passing.
            guard try Migrations.areComplete(connection) else {
                throw Failure(code: Failure.undefinedTable, "a step of migration is missing")
            }
            return connection
        }
    }

    /// Brings the tables up to date, however long that takes.
    ///
    /// - Returns: Names of the migrations that this call applied.
    /// - Throws: `StoreError`.
    @discardableResult
    package func migrate() throws -> [String] {
        try Self.translating { () throws(Failure) in try Migrations.apply(to: connect()) }
    }

    /// Does something on a connection of its own.
    ///
    /// - Throws: `StoreError`.
    func use<Value>(_ body: (Connection) throws(Failure) -> Value) throws(StoreError) -> Value {
        try Self.translating { () throws(Failure) in try pool.use(body) }
    }

    /// Does statements in one transaction and one round trip.
    ///
    /// - Throws: `StoreError`.
    func run(_ queries: Query...) throws(StoreError) -> [Answer] {
        try use { connection throws(Failure) in try connection.run(queries) }
    }

    /// Does one statement.
    ///
    /// - Throws: `StoreError`.
    func run(_ sql: String, _ values: [Value] = []) throws(StoreError) -> Answer {
        let answers = try run(Query(sql, values))
        guard let answer = answers.first else { throw .broken("PostgreSQL: a statement without an answer") }
        return answer
    }

    private static func translating<Value>(_ body: () throws(Failure) -> Value) throws(StoreError) -> Value {
        do {
            return try body()
        } catch {
            throw error.storeError
        }
    }
}
