import Logging

/// Starts an allowed command for a person, and keeps the attempt either way.
public struct StartExecution: Sendable {
    private let catalogue: Catalogue
    private let permissions: Permissions
    private let store: any ExecutionStore
    private let storage: Storage
    private let launcher: Launcher
    private let launching: LaunchExecution
    private let maxLength: Int
    private let log: Logger

    /// The use case on its collaborators.
    public init(
        configuration: Configuration, catalogue: Catalogue, permissions: Permissions, store: any ExecutionStore,
        storage: Storage, launcher: Launcher, log: Logger
    ) {
        self.catalogue = catalogue
        self.permissions = permissions
        self.store = store
        self.storage = storage
        self.launcher = launcher
        launching = LaunchExecution(store: store, storage: storage, launcher: launcher, log: log)
        self.log = log
        maxLength = configuration.commands.maxParamsCharsLength
    }

    /// Why nothing was started.
    public enum Refused: Error, Equatable, CustomStringConvertible {
        /// There is no such command for this person.
        case notAllowed(String)
        /// `params` is longer than so many characters.
        case tooLong(limit: Int)
        /// What was given does not fit the command.
        case invalid(InvalidInput)
        /// So many of it run already, and so many wait.
        case full(String, limit: Int, queue: Int)

        /// A sentence for the person, in the original's words where it has them.
        public var description: String {
            switch self {
            case .notAllowed(let name): "command '\(name)' not allowed"
            case .tooLong(let limit): "Parameters length exceeded \(limit) chars"
            case .invalid(let problem): problem.description
            case .full(let name, let limit, let queue):
                """
                '\(name)' already runs \(limit == 1 ? "once" : "\(limit) times"), which is its limit\
                \(queue == 0 ? "" : ", and \(queue) more wait for it"). Try again later.
                """
            }
        }
    }

    /// What was made of a request.
    public struct Started: Sendable, Equatable {
        /// The job.
        public let uuid: JobUUID
        /// How many wait before it; nil: it runs.
        public let ahead: Int?
    }

    /// Starts a command.
    ///
    /// - Parameters:
    ///   - name: Its name on the allow-list.
    ///   - input: What the person gives with it.
    ///   - person: Who starts it.
    /// - Returns: The job; its command runs, or waits for its turn.
    /// - Throws: ``Refused``; ``LaunchError`` (then the row says FAILED); ``UploadFailure``, ``StoreError``,
    ///   ``SystemError`` (then nothing was started).
    public func start(_ name: String, _ input: Input, by person: Person) throws -> Started {
        let uuid = JobUUID()
        let files = JobFiles(uuid, in: storage)
        let command: Command
        let invocation: Invocation
        do {
            (command, invocation) = try checked(name, input, person, uploadsIn: files.uploads)
        } catch {
            let known = catalogue.current
            let line = input.kept(for: known[name]?.definition, someTakeSecrets: known.someTakeSecrets)
            try keep(error, name, line, person)
            throw error
        }

        // Locked before the row exists: whoever looks at the row meanwhile sees a job that lives.
        let lock = try files.takeLock()
        let row = Execution(
            id: 0, jobUUID: uuid.description, serverUUID: storage.serverUUID, userIdentifier: person.identifier,
            command: name, parameters: invocation.line, executedAt: Clock.seconds())
        do {
            // Before the row: what nobody has a row of is swept, and what runs has its files.
            try files.keep(invocation.files)
            switch try store.insert(row, limit: command.limit) {
            case .running: break
            case .queued(_, let ahead):
                // No file is left of what waits: whoever starts it makes them.
                files.removeLiveFiles()
                _ = consume lock
                log.info(
                    "waits",
                    metadata: ["job": "\(uuid)", "command": "\(name)", "user": "\(person.identifier.harmless)"])
                wakeBroker()
                return Started(uuid: uuid, ahead: ahead)
            case .full:
                let refused = Refused.full(
                    name, limit: command.limit?.maxRunning ?? 0, queue: command.limit?.maxQueued ?? 0)
                try keep(refused, name, invocation.line, person)
                throw refused
            }
        } catch {
            files.removeLiveFiles()
            throw error
        }
        try launching.launch(uuid, command, invocation, lock: lock)
        log.info(
            "started", metadata: ["job": "\(uuid)", "command": "\(name)", "user": "\(person.identifier.harmless)"])
        return Started(uuid: uuid, ahead: nil)
    }

    /// Whoever settled the last running one may have looked while we still held the lock of this one, so somebody looks
    /// again: the broker on watch, or a pass of its own.
    private func wakeBroker() {
        guard !storage.isWatched else { return }
        do {
            try launcher.startBrokerPass()
        } catch {
            // The row is in the table: cron's broker finds it there.
            log.error("no broker could be started for what waits", metadata: ["error": "\(error)"])
        }
    }

    /// What would run; nothing is started, and nothing kept.
    ///
    /// - Throws: ``Refused``.
    public func check(_ name: String, _ input: Input, by person: Person) throws(Refused) -> Invocation {
        // Where a job would have its files is not for the person who asks.
        try checked(name, input, person, uploadsIn: "uploads").invocation
    }

    /// Bytes by which a request may be longer than others, for the files that some command takes.
    public var uploadAllowance: Int { catalogue.current.uploadAllowance }

    private func checked(
        _ name: String, _ input: Input, _ person: Person, uploadsIn uploads: String
    ) throws(Refused) -> (command: Command, invocation: Invocation) {
        guard let command = catalogue[name], permissions.mayRun(command, person) else {
            throw .notAllowed(name)
        }
        guard input.length(command.definition) <= maxLength else { throw .tooLong(limit: maxLength) }
        do {
            return (command, try ArgumentCheck(command).invocation(input, uploadsIn: uploads))
        } catch {
            throw .invalid(error)
        }
    }

    private func keep(_ refused: Refused, _ name: String, _ line: String, _ person: Person) throws {
        log.notice(
            "refused",
            metadata: [
                // What a client makes up must not make up lines of our log.
                "command": "\(name.prefix(255).harmless)", "user": "\(person.identifier.harmless)",
                "reason": "\(refused.description.prefix(300).harmless)",
            ])
        try store.insert(
            Refusal(
                userIdentifier: person.identifier, command: name, parameters: line, reason: refused.description,
                at: Clock.seconds()))
    }
}
