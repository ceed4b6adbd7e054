import Logging

/// Starts a command for a person. It records refused attempts, too.
package struct StartExecution: Sendable {
    private let catalogue: Catalogue
    private let permissions: Permissions
    private let store: any ExecutionStore
    private let storage: Storage
    private let launcher: Launcher
    private let launching: LaunchExecution
    private let maxLength: Int
    private let refusals = RefusalLimit()
    private let log: Logger

    package init(
        configuration: Configuration, catalogue: Catalogue, permissions: Permissions, store: any ExecutionStore,
        storage: Storage, launcher: Launcher, log: Logger
    ) {
        self.catalogue = catalogue
        self.permissions = permissions
        self.store = store
        self.storage = storage
        self.launcher = launcher
        launching = LaunchExecution(
            store: store, storage: storage, launcher: launcher, means: .responder, log: log)
        self.log = log
        maxLength = configuration.commands.maxParamsCharsLength
    }

    /// A started or queued execution.
    package struct Started: Sendable, Equatable {
        /// The job.
        package let uuid: JobUUID
        /// Number of executions that are queued before it; nil if it runs.
        package let ahead: Int?
    }

    /// Starts a command.
    ///
    /// - Parameters:
    ///   - name: Its name on the allow-list.
    ///   - input: Its parameters.
    ///   - person: The person who starts it.
    ///   - key: The key of the request; nil if it has none. If the person used it before, nothing is started, and the
    ///     result is that of the first request.
    ///   - isWanted: Whether the client still waits for the answer. It is asked when the execution is stored. If the
    ///     store made the client wait for too long, it has been told that nothing runs.
    /// - Throws: ``StartError``. ``LaunchError``; then the execution is FAILED. ``UploadError``, ``StoreError`` or
    ///   ``SystemError``; then nothing was started.
    package func start(
        _ name: String, _ input: CommandInput, by person: Person, key: IdempotencyKey? = nil,
        isWanted: () -> Bool = { true }
    ) throws -> Started {
        // Checked before the values are, because what a command accepts may have changed since.
        if let key, let first = try store.firstRequest(key), try !wasAbandoned(first) {
            return try repeated(first, key)
        }
        let uuid = JobUUID()
        let files = JobFiles(uuid, in: storage)
        let command: Command
        let invocation: Invocation
        do {
            (command, invocation) = try checked(name, input, by: person, uploadsIn: files.uploads)
        } catch {
            let known = catalogue.current
            let line = input.auditText(for: known[name]?.definition, someTakeSecrets: known.someTakeSecrets)
            try record(error, name: name, line: line, by: person)
            throw error
        }

        // Locked before the row exists, so that a broker that reads the row sees a living job.
        let lock = try files.takeLock()
        let row = Execution(
            id: 0, jobUUID: uuid.description, serverUUID: storage.serverUUID, userIdentifier: person.identifier,
            command: name, parameters: invocation.line, executedAt: Clock.seconds(), token: person.token)
        let admission: Admission
        do {
            // Stored before the row exists, so that a running job has its files. Files without a row are removed later.
            try files.keep(invocation.files, for: command.options.isolation.user)
            try files.writeStartRecord(of: row, executedAt: row.executedAt)
            admission = try insert(row, limit: command.options.limit, key: key, by: person)
        } catch {
            // The store may have the execution all the same, or may store it later, when a frozen server continues. A
            // running one is settled as lost then. A queued one would start.
            if error is StoreError, command.options.limit?.maxQueued ?? 0 > 0 { files.refuseStart(lock) }
            files.removeUnstarted()
            throw error
        }
        switch admission {
        case .running: break
        case .queued(_, let ahead):
            do {
                if !isWanted(), try cancel(uuid) { throw StartError.abandoned }
            } catch let error as StoreError {
                files.refuseStart(lock)
                throw error
            }
            // A queued execution has no files. They are created when it starts.
            files.removeUnstarted()
            _ = consume lock
            log.info(
                "execution queued",
                metadata: ["job": "\(uuid)", "command": "\(name)", "user": "\(person.logText)"])
            wakeBroker()
            return Started(uuid: uuid, ahead: ahead)
        case .repeated(let first):
            files.removeUnstarted()
            _ = consume lock
            return try repeated(first, key)
        case .full:
            files.removeUnstarted()
            let refused = StartError.full(
                name, limit: command.options.limit?.maxRunning ?? 0, queue: command.options.limit?.maxQueued ?? 0)
            try record(refused, name: name, line: invocation.line, by: person)
            throw refused
        }
        guard isWanted() else {
            try abandon(files)
            _ = consume lock
            throw StartError.abandoned
        }
        try launching.launch(uuid, command, with: invocation, lock: lock)
        log.info(
            "execution started",
            metadata: ["job": "\(uuid)", "command": "\(name)", "user": "\(person.logText)"])
        return Started(uuid: uuid, ahead: nil)
    }

    /// Inserts the row. An earlier request with the key whose client had gone started nothing, and does not count.
    private func insert(
        _ row: Execution, limit: RunningLimit?, key: IdempotencyKey?, by person: Person
    ) throws(StoreError) -> Admission {
        let actor = person.actor(on: storage)
        let admission = try store.insert(row, limit: limit, key: key, by: actor)
        guard case .repeated(let first) = admission, try wasAbandoned(first), let uuid = JobUUID(first.jobUUID) else {
            return admission
        }
        try store.releaseKey(of: uuid)
        return try store.insert(row, limit: limit, key: key, by: actor)
    }

    /// Whether the client of a request had gone before anything was started for it.
    private func wasAbandoned(_ first: FirstRequest) throws(StoreError) -> Bool {
        guard let uuid = JobUUID(first.jobUUID) else { return false }
        return try store.execution(uuid)?.ending.reason == StartError.abandoned.description
    }

    /// Ends an execution whose client has gone before the job was launched. A repeated request starts a new one.
    private func abandon(_ files: JobFiles) throws(StoreError) {
        let reason = StartError.abandoned.description
        _ = try store.settle(
            files.uuid, .notStarted(reason: reason, logBytes: nil, now: Clock.seconds()),
            by: AuditActor(.responder, of: storage))
        files.removeUnstarted()
        log.notice("execution not started", metadata: ["job": "\(files.uuid)", "reason": "\(reason)"])
    }

    /// Cancels a queued execution whose client has gone. A repeated request queues a new one.
    ///
    /// - Returns: false if it was started meanwhile.
    private func cancel(_ uuid: JobUUID) throws(StoreError) -> Bool {
        let end = Settlement.notStarted(
            reason: StartError.abandoned.description, logBytes: nil, now: Clock.seconds())
        guard try store.dequeue(uuid, end, by: AuditActor(.responder, of: storage)) else { return false }
        log.notice("execution not queued", metadata: ["job": "\(uuid)", "reason": "\(StartError.abandoned)"])
        return true
    }

    /// The result of the first request with a key.
    private func repeated(_ first: FirstRequest, _ key: IdempotencyKey?) throws -> Started {
        guard first.bodyHash == key?.bodyHash else { throw StartError.keyReused }
        guard let uuid = JobUUID(first.jobUUID) else {
            throw StoreError.broken("an idempotency key has no valid job UUID")
        }
        if let failure = try store.execution(uuid)?.startFailure { throw StartError.failedBefore(failure) }
        return Started(uuid: uuid, ahead: first.ahead)
    }

    /// Makes sure that a broker checks the queue. The process that settled the last running execution may have checked
    /// it while we still held the lock of this one.
    private func wakeBroker() {
        do {
            try launcher.startBrokerPass()
        } catch {
            // The execution is in the store, where the broker of cron finds it.
            log.error("broker for a queued execution could not be started", metadata: ["error": "\(error)"])
        }
    }

    /// Returns the invocation that would run. Starts and records nothing.
    package func check(_ name: String, _ input: CommandInput, by person: Person) throws(StartError) -> Invocation {
        // A placeholder, because the answer must not show the path of a job's files.
        try checked(name, input, by: person, uploadsIn: "uploads").invocation
    }

    /// Additional bytes that a request of a person may have, because a command that they may run takes files.
    package func uploadAllowance(for person: Person) -> Int {
        let current = catalogue.current
        guard current.uploadAllowance > 0 else { return 0 }
        return current.all.lazy.filter { permissions.mayRun($0, by: person) }.map(\.definition.uploadAllowance)
            .max() ?? 0
    }

    private func checked(
        _ name: String, _ input: CommandInput, by person: Person, uploadsIn uploads: String
    ) throws(StartError) -> (command: Command, invocation: Invocation) {
        guard let command = catalogue[name], permissions.mayRun(command, by: person) else {
            throw .notAllowed(name)
        }
        guard input.length(for: command.definition) <= maxLength else { throw .tooLong(limit: maxLength) }
        do {
            return (command, try InvocationBuilder(command).build(from: input, uploadsIn: uploads))
        } catch {
            throw .invalid(error)
        }
    }

    /// Records a refused attempt.
    ///
    /// - Throws: ``StartError`` if the person has been refused too often. The attempt is then not recorded.
    private func record(_ refused: StartError, name: String, line: String, by person: Person) throws {
        switch refusals.decide(person.identifier, [name, line, refused.description]) {
        case .record: break
        case .repeated: return
        case .tooMany(let seconds): throw StartError.refusedTooOften(retryAfter: seconds)
        }
        log.notice(
            "execution refused",
            metadata: [
                // Sanitized, so that a client cannot forge lines of the log.
                "command": "\(name.prefix(255).sanitized)", "user": "\(person.logText)",
                "reason": "\(refused.description.prefix(300).sanitized)",
            ])
        try store.insert(
            Refusal(
                userIdentifier: person.identifier, command: name, parameters: line, reason: refused.description,
                at: Clock.seconds(), token: person.token), by: person.actor(on: storage))
    }
}

/// Why a command was not started.
package enum StartError: Error, Equatable, CustomStringConvertible {
    /// The command does not exist, or the person may not run it.
    case notAllowed(String)
    /// `params` has more characters than the limit.
    case tooLong(limit: Int)
    /// The parameters are invalid.
    case invalid(InvalidInputError)
    /// The client closed the connection before the job was launched.
    case abandoned
    /// The person has been refused too often within a minute. Seconds to wait.
    case refusedTooOften(retryAfter: Int64)
    /// The limits of running and queued executions are reached.
    case full(String, limit: Int, queue: Int)
    /// The person used the idempotency key of this request for a request with another body.
    case keyReused
    /// The first request with this idempotency key could not start its job. The text says why.
    case failedBefore(String)

    package var description: String { sentence.description }

    /// A sentence for the person. Some are the original's.
    package var sentence: Sentence {
        switch self {
        case .notAllowed(let name): Sentence("start.notAllowed", "command '\(name, as: "command")' not allowed")
        case .tooLong(let limit): Sentence("start.tooLong", "Parameters length exceeded \(limit, as: "max") chars")
        case .invalid(let problem): .uncoded(problem.description)
        case .failedBefore(let reason): .uncoded(reason)
        case .keyReused:
            Sentence(
                "start.keyReused",
                "The Idempotency-Key was used for another request. Use a new key for each request.")
        case .refusedTooOften(let seconds):
            Sentence(
                "start.refusedTooOften",
                "You have been refused too often. Try again in \(seconds, as: "seconds") s.")
        case .abandoned:
            Sentence(
                "start.abandoned",
                "It was not started, because the client closed the connection while the store was busy.")
        case .full(let name, let limit, 0):
            Sentence(
                "start.full",
                """
                \(name, as: "command") is already running \(limit == 1 ? "" : "\(limit) times ")\
                (limit \(limit, as: "limit")). Try again later.
                """)
        case .full(let name, let limit, let queue):
            Sentence(
                "start.queueFull",
                """
                \(name, as: "command") is already running \(limit == 1 ? "" : "\(limit) times ")\
                (limit \(limit, as: "limit")), and \(queue, as: "queued") more are queued. Try again later.
                """)
        }
    }
}
