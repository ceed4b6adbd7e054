import ArgumentParser
import Core

/// `kill`: requests a kill, and carries it out unless another broker does.
struct Kill: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Kills a job and every process it started.")

    @OptionGroup var options: Options

    @Argument(help: "The UUID of the job.")
    var uuid: JobUUID

    @Option(help: "The user that the history shows. Default: the account that runs this program.")
    var by: UserName?

    func run() throws {
        let instance = try options.instance()
        try reportingErrors {
            try instance.requireOwnPlace()
            guard let execution = try instance.store.execution(uuid) else {
                throw CommandError("There is no job \(uuid).")
            }
            let killer = (by ?? .current)?.identifier(instance.configuration) ?? "administrator"
            let requester = KillRequester.user(killer)
            // A queued execution has no files yet, so one of another instance can be cancelled from here.
            if execution.status == .queued,
                try instance.store.dequeue(uuid, .cancelled(by: requester, now: Clock.seconds()))
            {
                print("\(uuid) killed: cancelled before it started")
                return
            }
            guard execution.serverUUID == instance.storage.serverUUID else {
                throw CommandError(
                    "Job \(uuid) runs on the instance \(execution.serverUUID). Kill it there, or from the page.")
            }
            guard !execution.status.isEnded else { throw CommandError("Job \(uuid) has ended.") }
            let requests = KillRequestWriter(
                store: instance.store, storage: instance.storage, list: instance.killList, log: instance.log)
            if try !requests.write(uuid, on: execution.serverUUID, by: requester) {
                print("The kill was requested before, by \(execution.intendedToKillBy?.identifier ?? "another user").")
            }
            guard try instance.watch().run(for: 0) else {
                print("The broker on watch kills the job now.")
                return
            }
            let settled = try instance.store.execution(uuid)
            let reason = settled?.ending.reason.map { ": \($0)" } ?? ""
            print("\(uuid) \(settled.map { "\($0.status)" } ?? "has been purged")\(reason)")
        }
    }
}
