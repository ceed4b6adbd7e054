/// Keeps the favourite commands and the presets of people.
package struct KeepPersonal: Sendable {
    private let catalogue: Catalogue
    private let permissions: Permissions
    private let store: any PersonalStore
    private let storage: Storage
    private let maxParams: Int

    /// Maximum number of favourites, and of presets, of one person.
    package static let limit = 200
    /// Maximum length of the name of a preset, in bytes.
    package static let nameLimit = 100

    /// What a person has kept, for commands that the person may run.
    package struct Kept: Sendable, Equatable {
        /// Names of commands, oldest favourite first.
        package let favourites: [String]
        /// Own presets and shared ones, by command and name.
        package let presets: [Preset]
    }

    package init(
        configuration: Configuration, catalogue: Catalogue, permissions: Permissions, store: any PersonalStore,
        storage: Storage
    ) {
        self.catalogue = catalogue
        self.permissions = permissions
        self.store = store
        self.storage = storage
        maxParams = configuration.commands.maxParamsCharsLength
    }

    /// What a person has kept. Entries of commands that the person may not run any more are left out, not removed.
    ///
    /// - Throws: ``StoreError``.
    package func kept(by person: Person) throws(StoreError) -> Kept {
        let commands = catalogue.current
        func isRunnable(_ name: String) -> Bool {
            commands[name].map { permissions.mayRun($0, by: person) } ?? false
        }
        return Kept(
            favourites: try store.favourites(of: person.identifier).filter(isRunnable),
            presets: try store.presets(for: person.identifier).filter { isRunnable($0.command) })
    }

    /// Makes a command a favourite, or no longer.
    ///
    /// - Throws: ``KeepPersonalError``, ``StoreError``.
    package func setFavourite(_ command: String, _ isFavourite: Bool, of person: Person) throws {
        guard isFavourite else { return try store.removeFavourite(command, of: person.identifier) }
        _ = try runnable(command, by: person)
        let isAdded = try store.addFavourite(
            command, of: person.identifier, at: Clock.seconds(), limit: Self.limit)
        if !isAdded { throw KeepPersonalError.tooManyFavourites }
    }

    /// Saves a preset, and replaces the person's own one of the same command and name.
    ///
    /// - Throws: ``KeepPersonalError``, ``StoreError``.
    package func save(
        command: String, name: String, params: String, isShared: Bool, by person: Person
    ) throws -> Preset {
        let known = try runnable(command, by: person)
        guard !isShared || person.isSuperUser else { throw KeepPersonalError.sharedByOthers }
        guard !name.isEmpty, name.utf8.count <= Self.nameLimit, name.sanitized == name else {
            throw KeepPersonalError.invalidName
        }
        guard params.unicodeScalars.count <= maxParams else { throw KeepPersonalError.longParams(maxParams) }
        // The page writes only the name of a secret into the line.
        for secret in known.definition.secrets where params.contains("--\(secret.name)=") {
            throw KeepPersonalError.secret(secret.name)
        }
        var preset = Preset(
            user: person.identifier, isShared: isShared, command: command, name: name, params: params.withoutNUL,
            savedAt: Clock.seconds())
        guard let id = try store.save(preset, limit: Self.limit, by: person.actor(on: storage)) else {
            throw KeepPersonalError.tooManyPresets
        }
        preset.id = id
        return preset
    }

    /// Removes a preset. People remove their own ones, and super users also shared ones.
    ///
    /// - Throws: ``KeepPersonalError``, ``StoreError``.
    package func removePreset(_ id: Int64, by person: Person) throws {
        guard let preset = try store.preset(id) else { throw KeepPersonalError.unknownPreset }
        let isOwn = permissions.isOwner(preset.user, person)
        guard isOwn || (preset.isShared && person.isSuperUser) else { throw KeepPersonalError.unknownPreset }
        guard try store.removePreset(id, by: person.actor(on: storage)) else { throw KeepPersonalError.unknownPreset }
    }

    /// The command, if it exists and the person may run it.
    private func runnable(_ name: String, by person: Person) throws(KeepPersonalError) -> Command {
        guard let command = catalogue[name], permissions.mayRun(command, by: person) else { throw .unknownCommand }
        return command
    }
}

/// Why a favourite or a preset was refused.
package enum KeepPersonalError: Error, Equatable, CustomStringConvertible {
    /// There is no such command, or the person may not run it.
    case unknownCommand
    case tooManyFavourites
    case tooManyPresets
    case invalidName
    case longParams(Int)
    /// The line has a value for this secret.
    case secret(String)
    /// Only super users share presets.
    case sharedByOthers
    /// There is no such preset, or it belongs to another person.
    case unknownPreset

    /// The field of the request that is wrong; nil if none is.
    package var field: String? {
        switch self {
        case .unknownCommand: "command"
        case .invalidName: "name"
        case .longParams, .secret: "params"
        case .sharedByOthers: "shared"
        case .tooManyFavourites, .tooManyPresets, .unknownPreset: nil
        }
    }

    package var description: String { sentence.description }

    /// A sentence for the person.
    package var sentence: Sentence {
        switch self {
        case .unknownCommand:
            Sentence("personal.command", "There is no such command, or your roles do not allow it.")
        case .tooManyFavourites:
            Sentence(
                "personal.favourites",
                "You have \(KeepPersonal.limit, as: "max") favourites. Remove one before you add another.")
        case .tooManyPresets:
            Sentence(
                "personal.presets",
                "You have \(KeepPersonal.limit, as: "max") presets. Delete one before you save another.")
        case .invalidName:
            Sentence(
                "personal.name", "The name must be printable text of 1 to \(KeepPersonal.nameLimit, as: "max") bytes.")
        case .longParams(let limit):
            Sentence("personal.params", "The params are longer than \(limit, as: "max") characters.")
        case .secret(let name):
            Sentence(
                "personal.secret",
                "The params have a value for the secret \(name, as: "name"). A preset stores no secrets.")
        case .sharedByOthers: Sentence("personal.shared", "Only super users may share a preset.")
        case .unknownPreset: Sentence("personal.preset", "There is no such preset.")
        }
    }
}
