import Core
import Logging

/// One installation with its own storage, opened from its configuration.
package struct Instance: Sendable {
    package let configuration: Configuration
    package let storage: Storage
    package let store: any ExecutionStore
    package let tokens: any TokenStore
    /// The instances that share the store.
    package let registry: any InstanceStore
    package let personal: any PersonalStore
    /// Announces kill requests; nil if brokers find them in the store only.
    package let killList: (any KillList)?
    package let catalogue: Catalogue
    package let log: Logger
    /// The names of the migrations that were applied when the store was opened.
    package let migrated: [String]

    /// Opens an instance. Creates its storage if that does not exist.
    ///
    /// - Parameter isMigrating: Whether the tables of a shared database are updated. Only `remotisan-broker migrate`
    ///   does that, so that one program at a time changes tables that other instances use.
    /// - Throws: `StorageError`, `SystemError`, `StoreError`.
    package init(_ configuration: Configuration, isMigrating: Bool = false, log: Logger) throws {
        self.configuration = configuration
        self.log = log
        storage = try Storage(at: configuration.storage, logs: configuration.logger.path)
        let stores = try configuration.database.open(in: storage, isMigrating: isMigrating)
        store = stores.executions
        tokens = stores.tokens
        registry = stores.instances
        personal = stores.personal
        migrated = stores.migrated
        killList = configuration.killList?.open(name: configuration.killListName)
        catalogue = Catalogue(configuration, storage: storage)
    }

    /// The same opened instance with another configuration, whose fixed keys are the same.
    package func using(_ configuration: Configuration, _ catalogue: Catalogue) -> Instance {
        Instance(self, with: configuration, catalogue: catalogue)
    }

    private init(_ instance: Instance, with configuration: Configuration, catalogue: Catalogue) {
        self.configuration = configuration
        self.catalogue = catalogue
        log = instance.log
        storage = instance.storage
        store = instance.store
        tokens = instance.tokens
        registry = instance.registry
        personal = instance.personal
        migrated = instance.migrated
        killList = instance.killList
    }

    /// Registers the instance, and renews the registration.
    package var heartbeat: Heartbeat {
        Heartbeat(registry: registry, configuration: configuration.instance, storage: storage, log: log)
    }
}
