/// The kinds of stores and kill lists that a configuration may choose.
///
/// Each backend module describes itself by one type. `Assembly` lists these types and nothing else does.
package struct Backends: Sendable {
    let stores: [any StoreBackend.Type]
    let killLists: [any KillListBackend.Type]
    /// The store of a configuration that does not choose one.
    let defaultStore: any StoreBackend

    package init(
        stores: [any StoreBackend.Type], defaultStore: any StoreBackend, killLists: [any KillListBackend.Type]
    ) {
        self.stores = stores
        self.defaultStore = defaultStore
        self.killLists = killLists
    }

    /// The store that an address selects, as the value of `database` does.
    package func store(_ address: String, passwordFile: String?) throws(AddressError) -> any StoreBackend {
        for backend in stores {
            guard var store = try backend.init(parsing: address) else { continue }
            if let passwordFile { try store.use(passwordFile: passwordFile) }
            return store
        }
        throw AddressError("Expected \(stores.map { $0.usage }.joined(separator: ", or ")).")
    }
}

/// A kind of store, with the address that `database` gives for it.
package protocol StoreBackend: Sendable {
    /// The forms of `database` that select this backend, for error messages.
    static var usage: String { get }

    /// Whether several instances can share such a store.
    static var isShared: Bool { get }

    /// Reads the value of `database`; nil if it selects another backend.
    init?(parsing text: String) throws(AddressError)

    /// Applies `database_password_file`. The file is read for every connection, so that the password can be changed.
    mutating func use(passwordFile: String) throws(AddressError)

    /// Whether the address itself contains a password. `check` warns if others can read the file that contains it.
    var containsPassword: Bool { get }

    /// Files that the address names, by the key that names them. `check` warns of those that it cannot read.
    var files: [(key: String, file: String)] { get }

    /// Opens the store.
    ///
    /// - Parameters:
    ///   - storage: The directory of the instance.
    ///   - isMigrating: Whether to bring the tables of a shared database up to date. An embedded database does it
    ///     always.
    func open(in storage: Storage, isMigrating: Bool) throws(StoreError) -> Stores

    /// What `doctor` says about a store that it could open.
    func findings(in storage: Storage, migrated: [String]) -> [Finding]

    /// Writes a backup. Programs may use the store meanwhile.
    ///
    /// - Throws: ``BackupError``, ``StoreError``, ``SystemError``.
    func write(_ backup: Backup) throws

    /// The content of the store, for a move to another kind of store.
    func content(in storage: Storage) -> any StoreContent

    /// Restores a backup. No program uses the store.
    ///
    /// - Throws: ``BackupError``, ``StoreError``, ``SystemError``.
    func restore(_ restore: Restore) throws -> Restore.Outcome
}

/// What a store backend opens.
package struct Stores: Sendable {
    package let executions: any ExecutionStore
    package let tokens: any TokenStore
    package let instances: any InstanceStore
    package let personal: any PersonalStore
    /// Names of the migrations that opening applied.
    package let migrated: [String]

    /// The stores of one object that is all of them.
    package init(_ store: any ExecutionStore & TokenStore & InstanceStore & PersonalStore, migrated: [String]) {
        executions = store
        tokens = store
        instances = store
        personal = store
        self.migrated = migrated
    }
}

/// A kind of kill list, with the address that `kill_list` gives for it.
package protocol KillListBackend: Sendable {
    /// The forms of `kill_list` that select this backend, for error messages.
    static var usage: String { get }

    /// Reads the value of `kill_list`; nil if it selects another backend.
    init?(parsing text: String) throws(AddressError)

    /// Applies `kill_list_password_file`. The file is read for every connection, so that the password can be changed.
    mutating func use(passwordFile: String) throws(AddressError)

    /// Whether the address itself contains a password. `check` warns if others can read the file that contains it.
    var containsPassword: Bool { get }

    /// Files that the address names, by the key that names them. `check` warns of those that it cannot read.
    var files: [(key: String, file: String)] { get }

    /// Opens the kill list. It connects when it is used first.
    ///
    /// - Parameter name: The first part of the key of each instance's set.
    func open(name: String) -> any KillList
}

/// A malformed address. The message never repeats a part of the address, because any part may be a password.
package struct AddressError: Error {
    package let message: String

    package init(_ message: String) {
        self.message = message
    }
}
