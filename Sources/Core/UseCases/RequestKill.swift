import Logging

/// Writes down that a person wants an execution dead, and wakes the broker.
package struct RequestKill: Sendable {
    private let permissions: Permissions
    private let catalogue: Catalogue
    private let store: any ExecutionStore
    private let storage: Storage
    private let requests: KillRequestWriter
    private let launcher: Launcher
    private let log: Logger

    /// The use case on its collaborators.
    package init(
        catalogue: Catalogue, permissions: Permissions, store: any ExecutionStore, storage: Storage,
        killList: (any KillList)?, launcher: Launcher, log: Logger
    ) {
        self.catalogue = catalogue
        self.permissions = permissions
        self.store = store
        self.storage = storage
        requests = KillRequestWriter(store: store, storage: storage, list: killList, log: log)
        self.launcher = launcher
        self.log = log
    }

    /// Asks for a kill; one that waits is cancelled at once.
    ///
    /// - Throws: ``RequestKillError``, ``StoreError``.
    package func request(_ uuid: JobUUID, by person: Person) throws {
        guard let execution = try store.execution(uuid) else { throw RequestKillError.unknown }
        let mayKill = permissions.mayKill(ownedBy: execution.userIdentifier, person)
        guard mayKill || permissions.maySee(execution, catalogue[execution.command], person) else {
            throw RequestKillError.unknown
        }
        guard permissions.killAllowed else { throw RequestKillError.turnedOff }
        guard mayKill else { throw RequestKillError.notYours }
        if execution.status == .queued {
            let end = Settlement.cancelled(by: .user(person.identifier), now: Clock.seconds())
            // Else it has started or ended just now.
            guard try storage.retryingWithReserve({ try store.dequeue(uuid, end) }) else {
                return try request(uuid, by: person)
            }
            log.notice("cancelled", metadata: ["job": "\(uuid)", "user": "\(person.identifier.sanitized)"])
            return
        }
        guard execution.status == .running, try !hasEnded(uuid, execution) else { throw RequestKillError.ended }
        guard try requests.write(uuid, on: execution.serverUUID, by: .user(person.identifier)) else {
            switch try store.execution(uuid)?.status {
            case .running: throw RequestKillError.alreadyRequested
            case .queued: return try request(uuid, by: person)
            default: throw RequestKillError.ended
            }
        }
        log.notice("kill requested", metadata: ["job": "\(uuid)", "user": "\(person.identifier.sanitized)"])
        guard execution.serverUUID == storage.serverUUID else { return }
        do {
            try launcher.startBrokerPass()
        } catch {
            // The wish is in the table: cron's broker finds it there.
            log.error("no broker could be started for a kill", metadata: ["error": "\(error)"])
        }
    }

    private func hasEnded(_ uuid: JobUUID, _ execution: Execution) throws -> Bool {
        guard execution.serverUUID == storage.serverUUID else { return false }
        return try JobFiles(uuid, in: storage).exitRecord() != nil
    }
}

/// Why nothing will be killed.
package enum RequestKillError: Error, Equatable, CustomStringConvertible {
    /// There is no such execution, or this person does not see it.
    case unknown
    /// Nobody may kill here.
    case turnedOff
    /// It is somebody else's.
    case notYours
    /// It runs no more.
    case ended
    /// Somebody has asked already.
    case alreadyRequested

    /// A sentence for the person.
    package var description: String {
        switch self {
        case .unknown: "Not Found"
        case .turnedOff: "Killing jobs is turned off here."
        case .notYours: "Only its owner or a super user may kill this job."
        case .ended: "The job has already ended."
        case .alreadyRequested: "The job is being killed already."
        }
    }
}
