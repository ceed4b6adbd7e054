import ArgumentParser
import Core

/// `kill`: an administrator ends a job.
struct Kill: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ends a job, with everything it has started.")

    @OptionGroup var options: Options

    @Argument(help: "The job's UUID.")
    var uuid: JobUUID

    @Option(help: "Who the audit says it was; by default the account this runs as.")
    var by: String?

    func run() throws {
        let instance = try options.instance()
        try explained {
            guard let execution = try instance.store.execution(uuid) else {
                throw CommandError("There is no job \(uuid).")
            }
            let requester = KillRequester.user(by ?? Account.current?.name ?? "administrator")
            // From here no other instance's files are needed.
            if execution.status == .queued,
                try instance.store.dequeue(uuid, .cancelled(by: requester, now: Clock.seconds()))
            {
                print("\(uuid) killed: cancelled before it started")
                return
            }
            guard execution.serverUUID == instance.storage.serverUUID else {
                throw CommandError("Job \(uuid) runs on instance \(execution.serverUUID), not on this one.")
            }
            guard !execution.status.isEnded else { throw CommandError("Job \(uuid) has ended.") }
            let requests = KillRequestWriter(
                store: instance.store, storage: instance.storage, list: instance.killList, log: instance.log)
            if try !requests.write(uuid, on: execution.serverUUID, by: requester) {
                print("Its kill was asked for before, by \(execution.intendedToKillBy?.identifier ?? "somebody").")
            }
            guard try instance.watch().run(for: 0) else {
                print("The broker on watch kills it now.")
                return
            }
            let now = try instance.store.execution(uuid)
            print("\(uuid) \(now.map { "\($0.status)" } ?? "is gone")\(now?.ending.reason.map { ": \($0)" } ?? "")")
        }
    }
}
