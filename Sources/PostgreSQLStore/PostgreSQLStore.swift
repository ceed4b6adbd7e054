import Core

/// The store in a PostgreSQL database, which several instances may share.
package final class PostgreSQLStore: Sendable {
    private let pool: ConnectionPool
    private let connect: @Sendable () throws(PostgreSQLError) -> Connection

    /// It connects when it is used first.
    package convenience init(_ server: PostgreSQLServer) {
        self.init(server, timeouts: Connection.Timeouts())
    }

    init(_ server: PostgreSQLServer, timeouts: Connection.Timeouts) {
        let connect = { @Sendable () throws(PostgreSQLError) in try Connection(server, timeouts: timeouts) }
        self.connect = connect
        pool = ConnectionPool { () throws(PostgreSQLError) in
            let connection = try connect()
            // Only an administrator migrates a shared database, with `remotisan-broker migrate`.
            try Migrations.requireCurrent(connection)
            return connection
        }
    }

    /// Brings the tables up to date, without a time limit.
    ///
    /// - Returns: Names of the migrations that this call applied.
    @discardableResult
    package func migrate() throws(StoreError) -> [String] {
        try Self.translating { () throws(PostgreSQLError) in
            let connection = try connect()
            let names = try Migrations.apply(to: connection)
            try SearchIndexes.createIfPossible(connection)
            return names
        }
    }

    /// Runs `body` on a connection that no other thread uses meanwhile.
    ///
    func use<Value>(_ body: (Connection) throws(PostgreSQLError) -> Value) throws(StoreError) -> Value {
        try Self.translating { () throws(PostgreSQLError) in try pool.use(body) }
    }

    /// Runs statements in one transaction and one round trip.
    ///
    func run(_ queries: Query...) throws(StoreError) -> [QueryResult] {
        try use { connection throws(PostgreSQLError) in try connection.run(queries) }
    }

    /// Runs one statement.
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
