/// One run of a command: a row of the audit table.
public struct Execution: Sendable, Equatable {
    /// The row's number.
    public var id: Int64
    /// The name of its job, as the row has it.
    public var jobUUID: String
    /// The instance that runs it.
    public var serverUUID: String
    /// Who started it.
    public var userIdentifier: String?
    /// The name on the allow-list.
    public var command: String
    /// What the person gave with it: one line.
    public var parameters: String
    /// Unix seconds of its start; while it waits, of the asking; where it never started, of its end.
    public var executedAt: Int64
    /// Unix seconds of the asking, if it had to wait for its start.
    public var queuedAt: Int64?
    /// Unix seconds of its end; nil or 0 while it runs.
    public var finishedAt: Int64?
    /// How it stands. A number that nobody knows is read as failed.
    public var status: Status
    /// Who killed it.
    public var killedBy: String?
    /// Who asked for its end.
    public var intendedToKillBy: String?
    /// What is known of its end.
    public var ending: Ending

    /// The facts of an end; each nil where it is not known.
    public struct Ending: Sendable, Equatable {
        /// Exit code, if it exited.
        public var exitCode: Int?
        /// Number of the signal that ended it.
        public var signal: Int?
        /// Words for an end that neither tells: `lost`, why it could not be started, who could not be killed.
        public var reason: String?
        /// CPU time, user and system, of the command and all that it waited for, in milliseconds.
        public var cpuMilliseconds: Int64?
        /// Largest resident memory of one of its processes, in bytes.
        public var peakMemory: Int64?
        /// Processes that it left running.
        public var leftBehind: Int?
        /// Length of its log, in bytes.
        public var logBytes: Int64?

        /// Creates an ending; whatever is not given is not known.
        public init(
            exitCode: Int? = nil, signal: Int? = nil, reason: String? = nil, cpuMilliseconds: Int64? = nil,
            peakMemory: Int64? = nil, leftBehind: Int? = nil, logBytes: Int64? = nil
        ) {
            self.exitCode = exitCode
            self.signal = signal
            self.reason = reason
            self.cpuMilliseconds = cpuMilliseconds
            self.peakMemory = peakMemory
            self.leftBehind = leftBehind
            self.logBytes = logBytes
        }
    }

    /// Creates an execution.
    public init(
        id: Int64, jobUUID: String, serverUUID: String, userIdentifier: String?, command: String,
        parameters: String, executedAt: Int64, finishedAt: Int64? = nil, status: Status = .running,
        killedBy: String? = nil, intendedToKillBy: String? = nil, ending: Ending = Ending(), queuedAt: Int64? = nil
    ) {
        self.id = id
        self.jobUUID = jobUUID
        self.serverUUID = serverUUID
        self.userIdentifier = userIdentifier
        self.command = command
        self.parameters = parameters
        self.executedAt = executedAt
        self.finishedAt = finishedAt
        self.status = status
        self.killedBy = killedBy
        self.intendedToKillBy = intendedToKillBy
        self.ending = ending
        self.queuedAt = queuedAt
    }
}
