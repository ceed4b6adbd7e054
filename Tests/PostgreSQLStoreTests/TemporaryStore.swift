import TestSupport
import Testing

@testable import Core
@testable import PostgreSQLStore

/// An empty store of one test, in a database of its own.
struct TemporaryStore {
    let server: PostgreSQLProcess
    let database: String
    let store: PostgreSQLStore

    /// On the server that all tests share, or on one of the test's own.
    init(on server: PostgreSQLProcess? = nil, isMigrated: Bool = true) throws {
        let server = try server ?? PostgreSQLProcess.shared.get()
        self.server = server
        database = try server.makeDatabase()
        store = PostgreSQLStore(try Self.address(server, database))
        if isMigrated { try store.migrate() }
    }

    /// Another instance's store on the same database.
    func another(_ timeouts: Connection.Timeouts = .init()) throws -> PostgreSQLStore {
        PostgreSQLStore(try Self.address(server, database), timeouts: timeouts)
    }

    /// Does SQL by hand.
    @discardableResult
    func sql(_ text: String) throws -> String {
        try server.sql(text, in: database)
    }

    static func address(_ server: PostgreSQLProcess, _ database: String) throws -> PostgreSQLServer {
        try #require(try PostgreSQLServer(parsing: server.address(database)))
    }
}
