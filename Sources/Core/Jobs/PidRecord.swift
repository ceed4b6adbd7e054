/// STORAGE/jobs/UUID.pid: which processes a job has, in a way that no recycled pid can fool.
public struct PidRecord: Sendable, Equatable {
    /// The supervisor.
    public let supervisor: ProcessIdentity
    /// The command itself.
    public let command: ProcessIdentity
    /// The boot in which these processes live.
    public let bootID: String

    /// Creates a record.
    public init(supervisor: ProcessIdentity, command: ProcessIdentity, bootID: String) {
        self.supervisor = supervisor
        self.command = command
        self.bootID = bootID
    }

    /// Reads what `remotisan-job` wrote; nil if it is not that.
    init?(_ text: String) {
        let record = RecordText(text)
        guard let supervisor = record["supervisor"].flatMap(ProcessIdentity.init),
            let command = record["command"].flatMap(ProcessIdentity.init),
            let boot = record["boot"]
        else { return nil }
        self.init(supervisor: supervisor, command: command, bootID: boot)
    }
}
