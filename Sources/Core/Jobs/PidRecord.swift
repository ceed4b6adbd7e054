/// STORAGE/jobs/UUID.pid: the processes of a job. Each pid has its start time beside it, because pids are reused.
package struct PidRecord: Sendable, Equatable {
    /// The supervisor.
    package let supervisor: ProcessIdentity
    /// The command itself.
    package let command: ProcessIdentity
    /// The boot that these processes belong to.
    package let bootID: String
    /// The directory of the job's control group; nil if it has none.
    let group: String?
    /// The user of the command; nil for that of the supervisor.
    let user: String?

    package init(
        supervisor: ProcessIdentity, command: ProcessIdentity, bootID: String, group: String? = nil,
        user: String? = nil
    ) {
        self.user = user
        self.supervisor = supervisor
        self.command = command
        self.bootID = bootID
        self.group = group
    }

    /// Parses a record of `remotisan-job`; nil if the text is malformed.
    init?(_ text: String) {
        let record = RecordText(text)
        guard let supervisor = record["supervisor"].flatMap(ProcessIdentity.init),
            let command = record["command"].flatMap(ProcessIdentity.init),
            let boot = record["boot"]
        else { return nil }
        self.init(supervisor: supervisor, command: command, bootID: boot, group: record["group"], user: record["user"])
    }
}
