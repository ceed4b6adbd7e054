import ArgumentParser
import Core
import Foundation

/// `kill`: requests a kill, and carries it out unless another broker does.
struct Kill: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Kills a job and every process it started.")

    @OptionGroup var options: Options

    @Argument(help: "The UUID of the job.")
    var uuid: JobUUID

    @Option(help: "The user that the history shows. Default: the account that runs this program.")
    var by: UserName?

    /// Milliseconds within which a broker on watch begins a kill. One that is stalled is replaced within that time.
    private static let beginTimeout: Int64 = 15_000

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
            let watch = try instance.watch()
            // A broker on watch begins the kill. One that is stalled does not, and is replaced.
            let deadline = Clock.boottimeMilliseconds() + Self.beginTimeout
            while try !watch.run(for: 0) {
                if try JobFiles(uuid, in: instance.storage).killRecord() != nil {
                    print("The broker on watch kills the job now.")
                    return
                }
                guard try instance.store.execution(uuid)?.status == .running else { break }
                guard Clock.boottimeMilliseconds() < deadline else {
                    print("The kill is requested. The broker on watch has not begun it yet.")
                    return
                }
                usleep(50_000)
            }
            let settled = try instance.store.execution(uuid)
            let reason = settled?.ending.reason.map { ": \($0)" } ?? ""
            print("\(uuid) \(settled.map { "\($0.status)" } ?? "has been purged")\(reason)")
        }
    }
}
