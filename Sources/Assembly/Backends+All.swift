import Core
import MemcachedKillList
import PostgreSQLStore
import RedisKillList
import SQLiteStore

extension Backends {
    /// Every store and kill list of this package. A new one is registered here.
    ///
    /// The address in the configuration decides which one is used. No two backends accept the same address, so their
    /// order does not matter.
    package static let all = Backends(
        stores: [SQLiteFile.self, PostgreSQLServer.self], defaultStore: SQLiteFile(),
        killLists: [RedisServer.self, MemcachedServer.self])
}

extension ConfigurationReader {
    /// A reader that knows every backend of this package.
    package init(environment: [String: String]) {
        self.init(environment: environment, backends: .all)
    }
}
