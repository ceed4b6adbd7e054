/// A running execution and the UUID of its job.
///
/// A class, because a pass of the broker filters thousands of them several times, and each copy of an ``Execution``
/// counts a dozen references.
final class RunningExecution: Sendable {
    let execution: Execution
    let uuid: JobUUID

    /// Nil if the execution has no valid UUID. Such a row cannot have a job.
    init?(_ execution: Execution) {
        guard let uuid = JobUUID(execution.jobUUID) else { return nil }
        self.execution = execution
        self.uuid = uuid
    }

    private init(_ execution: Execution, _ uuid: JobUUID) {
        self.execution = execution
        self.uuid = uuid
    }

    /// The same execution, which is to be killed.
    func intendedToKill(by requester: KillRequester) -> RunningExecution {
        var changed = execution
        changed.intendedToKillBy = requester
        return RunningExecution(changed, uuid)
    }
}
