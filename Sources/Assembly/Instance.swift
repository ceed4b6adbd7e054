import Core
import Logging

/// An installation, opened from its configuration.
package struct Instance: Sendable {
    /// What the administrator decided.
    package let configuration: Configuration
    /// The instance's directory.
    package let storage: Storage
    /// The audit.
    package let store: any ExecutionStore
    /// The API tokens.
    package let tokens: any TokenStore
    /// The instances that share the audit.
    package let registry: any InstanceStore
    /// Where kills are announced; nil: in the audit's table alone.
    package let killList: (any KillList)?
    /// The allow-list.
    package let catalogue: Catalogue
    /// Where it tells what it does.
    package let log: Logger
    /// Names of the migrations that opening it applied.
    package let migrated: [String]

    /// Opens an instance.
    ///
    /// - Parameters:
    ///   - configuration: Its configuration.
    ///   - isMigrating: Whether the tables of a shared database are brought up to date: only who was asked to does that.
    ///   - log: Where it tells what it does.
    /// - Throws: `StorageError`, `SystemError`, `StoreError`.
    package init(_ configuration: Configuration, isMigrating: Bool = false, log: Logger) throws {
        self.configuration = configuration
        self.log = log
        storage = try Storage(at: configuration.storage, logs: configuration.logger.path)
        let stores = try configuration.database.open(in: storage, isMigrating: isMigrating)
        store = stores.executions
        tokens = stores.tokens
        registry = stores.instances
        migrated = stores.migrated
        killList = configuration.killList?.open(name: configuration.killListName)
        catalogue = Catalogue(configuration, storage: storage)
    }

    /// Its signs of life.
    package var heartbeat: Heartbeat {
        Heartbeat(registry: registry, configuration: configuration.instance, storage: storage, log: log)
    }
}
