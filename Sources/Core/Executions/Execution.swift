/// One run of a command: a row of `remotisan_executions`.
package struct Execution: Sendable, Equatable {
    /// Number of the row.
    package var id: Int64
    /// UUID of the job, as the row has it.
    package var jobUUID: String
    /// UUID of the instance that runs it.
    package var serverUUID: String
    /// The user who started it.
    package var userIdentifier: String?
    /// Name of the command on the allow-list.
    package var command: String
    /// The parameters as one line.
    package var parameters: String
    /// Start time in Unix seconds. For a queued execution it is the time of the request, and for one that never started
    /// the end.
    package var executedAt: Int64
    /// Time of the request in Unix seconds, if the execution was queued.
    package var queuedAt: Int64?
    /// End time in Unix seconds; nil or 0 as long as it has not ended.
    package var finishedAt: Int64?
    /// The status. An unknown number reads as failed.
    package var status: Status
    /// Who or what killed it.
    package var killedBy: KillRequester?
    /// Who or what requested a kill.
    package var intendedToKillBy: KillRequester?
    /// Details of its end.
    package var ending: Ending
    /// The user who closed it as lost, because its instance was gone. The instance reopens it when it returns.
    package var closedBy: String?
    /// The API token with which it was started; nil if a person started it.
    package var token: TokenReference?
    /// The number of the API token with which a kill was requested; nil if it had none.
    package var killTokenID: Int64?
    /// Whether the store lost this execution and got it back from the files of its job.
    package var isRestored: Bool

    /// Details of an end. Each is nil if it is unknown.
    package struct Ending: Sendable, Equatable {
        /// Exit code, if the command exited.
        package var exitCode: Int?
        /// Number of the signal that ended it.
        package var signal: Int?
        /// Text for other ends: `lost`, why it could not be started, which processes could not be killed.
        package var reason: String?
        /// Whether the end was not observed, so that the exit code is unknown.
        package var isLost: Bool
        /// CPU time in user and system mode of the command and the processes that it waited for, in milliseconds.
        package var cpuMilliseconds: Int64?
        /// Largest resident memory of one of these processes, in bytes.
        package var peakMemory: Int64?
        /// Number of processes that it left running.
        package var leftBehind: Int?
        /// Length of its log, in bytes.
        package var logBytes: Int64?

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

    package init(
        id: Int64, jobUUID: String, serverUUID: String, userIdentifier: String?, command: String,
        parameters: String, executedAt: Int64, finishedAt: Int64? = nil, status: Status = .running,
        killedBy: KillRequester? = nil, intendedToKillBy: KillRequester? = nil, ending: Ending = Ending(),
        queuedAt: Int64? = nil,
        closedBy: String? = nil, token: TokenReference? = nil, killTokenID: Int64? = nil, isRestored: Bool = false
    ) {
        self.isRestored = isRestored
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
        self.token = token
        self.killTokenID = killTokenID
    }

    /// Why it could not be started at once; nil if it was started, queued, or is being started.
    package var startFailure: String? {
        let isKnown = ending.exitCode != nil || ending.signal != nil || ending.isLost
        return status == .failed && queuedAt == nil && !isKnown ? ending.reason : nil
    }
}
