/// One run of a command: a row of the audit table.
package struct Execution: Sendable, Equatable {
    /// The row's number.
    package var id: Int64
    /// The name of its job, as the row has it.
    package var jobUUID: String
    /// The instance that runs it.
    package var serverUUID: String
    /// Who started it.
    package var userIdentifier: String?
    /// The name on the allow-list.
    package var command: String
    /// What the person gave with it: one line.
    package var parameters: String
    /// Unix seconds of its start; while it waits, of the asking; where it never started, of its end.
    package var executedAt: Int64
    /// Unix seconds of the asking, if it had to wait for its start.
    package var queuedAt: Int64?
    /// Unix seconds of its end; nil or 0 while it runs.
    package var finishedAt: Int64?
    /// How it stands. A number that nobody knows is read as failed.
    package var status: Status
    /// Who killed it.
    package var killedBy: KillRequester?
    /// Who asked for its end.
    package var intendedToKillBy: KillRequester?
    /// What is known of its end.
    package var ending: Ending
    /// Who closed it as lost while it ran, because its instance was gone. Its instance reopens it when it comes back.
    package var closedBy: String?

    /// The facts of an end; each nil where it is not known.
    package struct Ending: Sendable, Equatable {
        /// Exit code, if it exited.
        package var exitCode: Int?
        /// Number of the signal that ended it.
        package var signal: Int?
        /// Words for an end that neither tells: `lost`, why it could not be started, who could not be killed.
        package var reason: String?
        /// Whether nobody observed the end, so that its exit code is unknown.
        package var isLost: Bool
        /// CPU time, user and system, of the command and all that it waited for, in milliseconds.
        package var cpuMilliseconds: Int64?
        /// Largest resident memory of one of its processes, in bytes.
        package var peakMemory: Int64?
        /// Processes that it left running.
        package var leftBehind: Int?
        /// Length of its log, in bytes.
        package var logBytes: Int64?

        /// Creates an ending; whatever is not given is not known.
        package init(
            exitCode: Int? = nil, signal: Int? = nil, reason: String? = nil, isLost: Bool = false,
            cpuMilliseconds: Int64? = nil,
            peakMemory: Int64? = nil, leftBehind: Int? = nil, logBytes: Int64? = nil
        ) {
            self.exitCode = exitCode
            self.signal = signal
            self.reason = reason
            self.isLost = isLost
            self.cpuMilliseconds = cpuMilliseconds
            self.peakMemory = peakMemory
            self.leftBehind = leftBehind
            self.logBytes = logBytes
        }
    }

    /// Creates an execution.
    package init(
        id: Int64, jobUUID: String, serverUUID: String, userIdentifier: String?, command: String,
        parameters: String, executedAt: Int64, finishedAt: Int64? = nil, status: Status = .running,
        killedBy: KillRequester? = nil, intendedToKillBy: KillRequester? = nil, ending: Ending = Ending(),
        queuedAt: Int64? = nil,
        closedBy: String? = nil
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
        self.closedBy = closedBy
    }
}
