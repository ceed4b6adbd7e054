import Assembly
import Core
import Foundation
import Glibc
import Logging
import Synchronization
import Web

/// The instance that a responder serves, with the configuration in use.
///
/// Belongs to the main thread.
final class ServedInstance {
    private var instance: Instance
    private let live: LiveConfiguration
    private var heartbeat: Heartbeat
    private let refusal = Refusal()
    private let isForOneRequest: Bool
    /// `Clock.offset()` at the last check.
    private var clockOffset = Clock.offset()
    private let log: Logger
    /// Shows other programs that a responder lives. Held until the process ends.
    private let lock: Int32

    /// Opens the instance, as the owner of its storage, with a responder.
    ///
    /// If there can be no responder for the file, because of the keys of tokens or the page, the accepted copy is used.
    ///
    /// - Throws: ``ServedInstanceError``, `StorageError`, `SystemError`, `StoreError`, and the errors of
    ///   `WebApplication.responder`.
    static func open(
        _ source: ConfigurationSource, isForOneRequest: Bool = false, log: Logger
    ) throws -> (served: ServedInstance, responder: Responder) {
        var chosen = try source.choose(decides: true)
        let served: ServedInstance
        let responder: Responder
        do {
            served = try ServedInstance(source, chosen, isForOneRequest: isForOneRequest, log: log)
            responder = try served.makeResponder(served.instance)
        } catch {
            guard !(error is ServedInstanceError), let kept = source.kept(), kept.accepted.text != chosen.text else {
                throw error
            }
            chosen = kept.chosen("\(error)")
            let earlier = try ServedInstance(source, chosen, isForOneRequest: isForOneRequest, log: log)
            let responder = try earlier.makeResponder(earlier.instance)
            try source.record(chosen, in: earlier.instance.storage, decides: true)
            return (earlier, responder)
        }
        try source.record(chosen, in: served.instance.storage, decides: true)
        // A CGI program leaves it to the broker.
        if !isForOneRequest { served.recordConfiguration() }
        return (served, responder)
    }

    private init(
        _ source: ConfigurationSource, _ chosen: ConfigurationSource.Chosen, isForOneRequest: Bool, log: Logger
    ) throws {
        self.isForOneRequest = isForOneRequest
        self.log = log
        try Self.leaveRoot(forOwnerOf: chosen.configuration.storage, configuration: source.path, log: log)
        instance = try Instance(chosen.configuration, log: log)
        guard let lock = try instance.storage.lockForResponder() else {
            throw ServedInstanceError(
                description:
                    "The storage \(chosen.configuration.storage) is being restored. Start again when that is done.")
        }
        self.lock = lock.release()
        live = LiveConfiguration(source, chosen, storage: instance.storage, log: log)
        heartbeat = instance.heartbeat
        if !isForOneRequest { readClock() }
        do throws(StoreError) {
            if isForOneRequest { try heartbeat.check() } else { try heartbeat.register() }
            refusal.set(heartbeat.conflict?.description)
        } catch {
            // Not fatal: the broker registers the instance again every few seconds.
            log.error("the instance could not be registered", metadata: ["error": "\(error)"])
        }
    }

    /// The configuration in use.
    var configuration: Configuration { live.current }

    /// Checks whether the configuration, the UUID or the clock has changed, and whether a copy of the storage lives.
    ///
    /// - Parameters:
    ///   - isForced: Whether to read the configuration even if it has not changed.
    ///   - use: Receives the responder for a changed configuration or UUID.
    /// - Returns: false if only a new process can go on.
    func check(isForced: Bool, use: (Responder, Configuration) -> Void) -> Bool {
        var hasChanged = false
        live.check(isForced: isForced, decides: true) { configuration in
            hasChanged = true
            let next = instance.using(configuration, Catalogue(configuration, storage: instance.storage))
            use(try makeResponder(next), configuration)
            instance = next
            heartbeat.use(configuration.instance)
        }
        if hasChanged { recordConfiguration() }
        if instance.store.mustBeReopened { return !canStartAgain() }
        if instance.storage.isRenewed { reopen(use) }
        do throws(StoreError) {
            try heartbeat.check()
            refusal.set(heartbeat.conflict?.description)
        } catch {
            // Requests report that the store does not answer.
        }
        let offset = Clock.offset()
        if abs(offset - clockOffset) >= RetentionClock.jumpThreshold {
            readClock()
        }
        clockOffset = offset
        return true
    }

    private func recordConfiguration() {
        instance.store.recordConfiguration(in: instance.storage, log: log)
    }

    /// Opens the instance again, because its UUID was renewed.
    private func reopen(_ use: (Responder, Configuration) -> Void) {
        do {
            let next = try Instance(live.current, log: log)
            use(try makeResponder(next), live.current)
            instance = next
            heartbeat = next.heartbeat
            log.notice("the UUID of the instance was renewed", metadata: ["uuid": "\(next.storage.serverUUID)"])
            try heartbeat.register()
        } catch {
            log.error("the instance with the new UUID could not be opened", metadata: ["error": "\(error)"])
        }
    }

    /// Whether a new process can open what stands at the place of the store now. Until then all requests are refused:
    /// the open files are not those that an administrator and the broker see.
    private func canStartAgain() -> Bool {
        if refusal.current != Self.mustBeReopened { log.error("the store must be opened again") }
        refusal.set(Self.mustBeReopened)
        // An empty directory may be the place where the storage is not mounted. No new storage begins there.
        guard (try? Storage.exists(at: live.current.storage)) == true, instance.store.prepareToReopen() else {
            return false
        }
        log.warning("starting again, to open the store anew")
        return true
    }

    private static let mustBeReopened =
        "The store was removed, replaced, or could not be written while it was opened. It is opened again when it is there."

    private func readClock() {
        _ = try? RetentionTime(instance.storage, log: log).advance(marking: instance.store, isRegular: false)
    }

    private func makeResponder(_ instance: Instance) throws -> Responder {
        let configuration = instance.configuration
        let launcher = Launcher(
            programs: try Programs.besideThisOne(), storage: instance.storage, configuration: configuration.path,
            maxLogBytes: configuration.logger.maxBytes, secretFiles: configuration.files.map(\.file))
        return try WebApplication.responder(
            configuration, storage: instance.storage, catalogue: instance.catalogue, store: instance.store,
            tokens: instance.tokens, registry: instance.registry, personal: instance.personal,
            killList: instance.killList, launcher: launcher,
            condition: InstanceCondition(
                configurationProblem: { [live] in live.problem }, refusal: { [refusal] in refusal.current },
                isBrokerStalled: { [storage = instance.storage] in storage.isBrokerStalled }),
            isForOneRequest: isForOneRequest, log: log)
    }

    /// Becomes the owner of the storage, if root started this process. Otherwise people's jobs would run as root.
    private static func leaveRoot(forOwnerOf storage: String, configuration: String, log: Logger) throws {
        guard geteuid() == 0 else { return }
        guard access(storage, F_OK) == 0 else {
            throw ServedInstanceError(
                description: """
                    The storage \(storage) does not exist. Root would own it, and jobs would run as root. Create it \
                    for another user: install -d -o www-data -g www-data -m 0750 \(storage)
                    """)
        }
        try Account.becomeOwner(of: storage)
        guard geteuid() != 0 else {
            log.warning("root owns the storage, so jobs run as root", metadata: ["storage": "\(storage)"])
            return
        }
        guard access(configuration, R_OK) == 0 else {
            throw ServedInstanceError(
                description: """
                    \(configuration) cannot be read by the owner of \(storage), who runs this program: \
                    \(SystemError.text(of: errno)). Change its group or mode.
                    """)
        }
    }
}

/// Why no request may be answered. Read by the threads that answer.
private final class Refusal: Sendable {
    private let text = Mutex<String?>(nil)

    var current: String? { text.withLock { $0 } }

    func set(_ new: String?) { text.withLock { $0 = new } }
}

/// Why an instance cannot be served.
struct ServedInstanceError: Error, CustomStringConvertible {
    /// A sentence for the administrator.
    let description: String
}
