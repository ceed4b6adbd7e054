import Core
import Logging
import MemcachedKillList
import PostgreSQLStore
import RedisKillList
import SQLiteStore

/// An installation, put together from its configuration: the only place that chooses a backend.
public struct Instance: Sendable {
    /// What the administrator decided.
    public let configuration: Configuration
    /// The instance's directory.
    public let storage: Storage
    /// The audit.
    public let store: any ExecutionStore
    /// The API tokens.
    public let tokens: any TokenStore
    /// The instances that share the audit.
    public let registry: any InstanceStore
    /// Where kills are announced; nil: in the audit's table alone.
    public let killList: (any KillList)?
    /// The allow-list.
    public let catalogue: Catalogue
    /// Where it tells what it does.
    public let log: Logger
    /// Names of the migrations that opening it applied.
    public let migrated: [String]

    /// Opens an instance.
    ///
    /// - Parameters:
    ///   - configuration: Its configuration.
    ///   - isMigrating: Whether the tables of a shared database are brought up to date: only who was asked to does that.
    ///   - log: Where it tells what it does.
    /// - Throws: `Storage.Problem`, `SystemError`, `StoreError`.
    public init(_ configuration: Configuration, isMigrating: Bool = false, log: Logger) throws {
        self.configuration = configuration
        self.log = log
        storage = try Storage(at: configuration.storage, logs: configuration.logger.path)
        switch configuration.database {
        case .sqlite:
            let sqlite = try SQLiteStore(path: storage.database)
            // An embedded store has nobody else to do it.
            migrated = try sqlite.migrate()
            store = sqlite
            tokens = sqlite
            registry = sqlite
        case .postgresql(let server):
            let postgresql = PostgreSQLStore(server)
            migrated = isMigrating ? try postgresql.migrate() : []
            store = postgresql
            tokens = postgresql
            registry = postgresql
        }
        killList =
            switch configuration.killList {
            case .database: nil
            case .redis(let server): RedisKillList(server, name: configuration.killListName)
            case .memcached(let server): MemcachedKillList(server, name: configuration.killListName)
            }
        catalogue = Catalogue(configuration, storage: storage)
    }

    /// Its signs of life.
    public var heartbeat: Heartbeat {
        Heartbeat(registry: registry, configuration: configuration.instance, storage: storage, log: log)
    }
}
