/// STORAGE/jobs/UUID.pid: which processes a job has, in a way that no recycled pid can fool.
package struct PidRecord: Sendable, Equatable {
    /// The supervisor.
    package let supervisor: ProcessIdentity
    /// The command itself.
    package let command: ProcessIdentity
    /// The boot in which these processes live.
    package let bootID: String

    /// Creates a record.
    package init(supervisor: ProcessIdentity, command: ProcessIdentity, bootID: String) {
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
