import TestSupport
import Testing

@testable import Core
@testable import PostgreSQLStore

/// An empty store for one test, in its own database.
struct TemporaryStore {
    let server: PostgreSQLProcess
    let database: String
    let store: PostgreSQLStore

    /// - Parameter server: The server; nil for the one that all tests share.
    init(on server: PostgreSQLProcess? = nil, isMigrated: Bool = true) throws {
        let server = try server ?? PostgreSQLProcess.shared.get()
        self.server = server
        database = try server.makeDatabase()
        store = PostgreSQLStore(try Self.address(server, database))
        if isMigrated { try store.migrate() }
    }

    /// Another store on the same database.
    func another(_ timeouts: Connection.Timeouts = .init()) throws -> PostgreSQLStore {
        PostgreSQLStore(try Self.address(server, database), timeouts: timeouts)
    }

    /// Runs SQL with psql.
    @discardableResult
    func sql(_ text: String) throws -> String {
        try server.sql(text, in: database)
    }

    static func address(_ server: PostgreSQLProcess, _ database: String) throws -> PostgreSQLServer {
        try #require(try PostgreSQLServer(parsing: server.address(database)))
    }
}
