import Core
import MemcachedKillList
import PostgreSQLStore
import RedisKillList
import SQLiteStore

extension Backends {
    /// Every backend of this package. The first store whose address matches is used, so their order does not matter.
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
