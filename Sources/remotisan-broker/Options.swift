import ArgumentParser
import Assembly
import Core
import Foundation
import Glibc
import Logging

/// The options of every subcommand.
struct Options: ParsableArguments {
    @Option(
        help: "The configuration file. Default: $REMOTISAN_CONFIG, then /etc/remotisan/remotisan.yaml.",
        completion: .file())
    var config: String?

    /// The configuration of the file, for subcommands that check it.
    func configuration() throws -> Configuration {
        try reportingErrors { try readConfiguration() }
    }

    /// The same, without reporting errors.
    func readConfiguration() throws -> Configuration {
        try ConfigurationReader(environment: ProcessInfo.processInfo.environment).read(config)
    }

    /// Decides between the file and the accepted copy.
    var source: ConfigurationSource {
        ConfigurationSource(ConfigurationReader(environment: ProcessInfo.processInfo.environment), named: config)
    }

    /// Opens the instance with the configuration in use, as the owner of its storage.
    ///
    /// - Parameters:
    ///   - isMigrating: Whether the tables of a shared database are updated.
    ///   - mustExist: Whether a missing storage is an error. It is one for what starts without an administrator, because
    ///     the storage may not be mounted.
    func instance(isMigrating: Bool = false, mustExist: Bool = false) throws -> Instance {
        try reportingErrors { try open(isMigrating: isMigrating, mustExist: mustExist).instance }
    }

    /// Opens the instance, and returns what tells later changes of the configuration, too.
    func open(
        isMigrating: Bool = false, mustExist: Bool = false
    ) throws -> (instance: Instance, live: LiveConfiguration) {
        let source = source
        let chosen = try source.choose(decides: false)
        let storage = chosen.configuration.storage
        _ = UserName.isRoot
        if mustExist, try !Storage.exists(at: storage) { throw StorageError.missing(path: storage) }
        try Account.becomeOwner(of: chosen.configuration.storage)
        let instance = try Instance(chosen.configuration, isMigrating: isMigrating, log: Self.log)
        // Open until the process ends. libdispatch needs a thread to release a queue of GRDB, and waits until the
        // system has room for one.
        _ = Unmanaged.passRetained(KeptStore(store: instance.store))
        try source.record(chosen, in: instance.storage, decides: false)
        // Every program reads the clock, so that a jump is seen soon. A full disk must not keep a kill away.
        _ = try? RetentionTime(instance.storage, log: Self.log)
            .advance(marking: instance.store, isRegular: false)
        return (instance, LiveConfiguration(source, chosen, storage: instance.storage, log: Self.log))
    }

    /// Logs to standard error. Cron mails that to the administrator, so only warnings and errors are logged.
    static let log = StandardError.logger("remotisan-broker", level: .warning)
}

extension Options {
    /// The options of a caller that names the configuration file.
    static func named(_ config: String) -> Options {
        var options = Options()
        options.config = config
        return options
    }
}

/// A store that stays open.
private final class KeptStore {
    private let store: any ExecutionStore

    init(store: any ExecutionStore) { self.store = store }
}

/// The name of a user on the command line.
struct UserName: ExpressibleByArgument {
    private let name: String

    /// Nil for a name that no login can have, so that ArgumentParser refuses it.
    init?(argument: String) {
        guard !argument.isEmpty, IdentityText.problem(argument) == nil else { return nil }
        name = argument
    }

    /// The account that runs this program.
    static var current: UserName? {
        UserName(argument: Account.current?.name ?? "administrator")
    }

    /// Whether root started this program. It is read before the program becomes the owner of the storage.
    fileprivate static let isRoot = geteuid() == 0

    /// The account that started this program.
    static var caller: UserName? { isRoot ? UserName(argument: Account(uid: 0)?.name ?? "root") : current }

    /// The user identifier for the name, as the store and the history have it.
    func identifier(_ configuration: Configuration) -> String {
        configuration.identity.identifier(of: name)
    }
}

/// Reads an age from the command line, in seconds.
///
/// The unit is required, unlike in the configuration, because `--older-than 90` would otherwise purge after 90 seconds.
func age(_ text: String, for option: String) throws(ValidationError) -> Int64 {
    guard let milliseconds = Quantity.milliseconds(text), text.last.map({ !$0.isNumber }) ?? false else {
        throw ValidationError("\(option) takes an age with its unit, such as 90d, 12h or 30m.")
    }
    return milliseconds / 1000
}
