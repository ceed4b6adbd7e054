import Logging

/// Requests a kill for a person, and starts a broker pass.
package struct RequestKill: Sendable {
    private let permissions: Permissions
    private let catalogue: Catalogue
    private let store: any ExecutionStore
    private let storage: Storage
    private let requests: KillRequestWriter
    private let launcher: Launcher
    private let log: Logger

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

    /// Requests a kill of a running execution, or cancels a queued one.
    ///
    /// - Parameter isForced: Whether KILL is sent at once, also if a kill with other signals has begun.
    /// - Returns: A sentence for the person if processes of the job cannot be killed; else nil.
    /// - Throws: ``RequestKillError``, ``StoreError``.
    @discardableResult
    package func request(_ uuid: JobUUID, by person: Person, isForced: Bool = false) throws -> String? {
        guard let execution = try store.execution(uuid) else { throw RequestKillError.unknown }
        let command = catalogue[execution.command]
        let mayKill = permissions.mayKill(ownedBy: execution.userIdentifier, of: command, by: person)
        guard mayKill || permissions.maySee(execution, of: command, by: person) else {
            throw RequestKillError.unknown
        }
        guard permissions.killAllowed else { throw RequestKillError.turnedOff }
        guard mayKill else { throw RequestKillError.notYours }
        if execution.status == .queued {
            let end = Settlement.cancelled(
                by: .user(person.identifier), token: person.token?.id, now: Clock.seconds())
            // If this fails, the execution has just started or ended.
            guard try storage.retryingWithReserve({ try store.dequeue(uuid, end, by: person.actor(on: storage)) })
            else {
                return try request(uuid, by: person, isForced: isForced)
            }
            log.notice("execution cancelled", metadata: ["job": "\(uuid)", "user": "\(person.logText)"])
            return nil
        }
        guard execution.status == .running, try !hasEnded(uuid, execution) else { throw RequestKillError.ended }
        if isForced, execution.serverUUID != storage.serverUUID { throw RequestKillError.elsewhere }
        let killer = KillRequester.user(person.identifier)
        guard try requests.write(uuid, on: execution.serverUUID, by: killer, person.actor(on: storage)) else {
            switch try store.execution(uuid)?.status {
            case .running where isForced:
                try force(uuid, by: person)
                try? launcher.startBrokerPass()
                return nil
            case .running: throw RequestKillError.alreadyRequested
            case .queued: return try request(uuid, by: person, isForced: isForced)
            default: throw RequestKillError.ended
            }
        }
        log.notice("kill requested", metadata: ["job": "\(uuid)", "user": "\(person.logText)"])
        guard execution.serverUUID == storage.serverUUID else { return nil }
        // After the request. The file alone would make a later kill of another person skip its signals.
        if isForced { try force(uuid, by: person) }
        do {
            try launcher.startBrokerPass()
        } catch {
            // The request is in the store, where the broker of cron finds it.
            log.error("broker for a kill could not be started", metadata: ["error": "\(error)"])
        }
        return try warning(uuid, execution)
    }

    /// Leaves a file for the broker, which skips the remaining signals before KILL.
    private func force(_ uuid: JobUUID, by person: Person) throws {
        let files = JobFiles(uuid, in: storage)
        try storage.retryingWithReserve { () throws(SystemError) in try files.forceKill() }
        log.notice("kill forced", metadata: ["job": "\(uuid)", "user": "\(person.logText)"])
    }

    /// Says at once which processes the broker will not be able to signal, in the answer and in the store.
    private func warning(_ uuid: JobUUID, _ execution: Execution) throws(StoreError) -> String? {
        // The program of kill.run is there to end them.
        guard catalogue[execution.command]?.options.kill.program.isEmpty ?? true else { return nil }
        let refused = SignalPermission.refused(of: JobFiles(uuid, in: storage)).joined(separator: ", ")
        guard !refused.isEmpty else { return nil }
        try store.note(uuid, reason: "cannot be signalled: \(refused)")
        log.error("processes of a job cannot be signalled", metadata: ["job": "\(uuid)", "left": "\(refused)"])
        return """
            The kill is requested, but these processes run as another user and cannot be signalled: \(refused). The \
            job runs until they end by themselves. An administrator can end them, and can set kill.run for this command.
            """
    }

    private func hasEnded(_ uuid: JobUUID, _ execution: Execution) throws -> Bool {
        guard execution.serverUUID == storage.serverUUID else { return false }
        return try JobFiles(uuid, in: storage).exitRecord() != nil
    }
}

/// Why a kill was refused.
package enum RequestKillError: Error, Equatable, CustomStringConvertible {
    /// The execution does not exist, or the person may not see it.
    case unknown
    /// Kills are turned off.
    case turnedOff
    /// It belongs to another user.
    case notYours
    /// It has ended.
    case ended
    /// A kill was requested before.
    case alreadyRequested
    /// KILL at once can be requested only from the instance of the job.
    case elsewhere

    package var description: String { sentence.description }

    /// A sentence for the person.
    package var sentence: Sentence {
        switch self {
        case .unknown: Sentence("kill.unknown", "Not Found")
        case .turnedOff: Sentence("kill.turnedOff", "Killing jobs is turned off.")
        case .notYours: Sentence("kill.notYours", "Only its owner or a super user may kill this job.")
        case .ended: Sentence("kill.ended", "The job has already ended.")
        case .alreadyRequested: Sentence("kill.requested", "The job is being killed already.")
        case .elsewhere:
            Sentence(
                "kill.elsewhere",
                "The job runs on another instance. Open the page of that instance to force its end.")
        }
    }
}
