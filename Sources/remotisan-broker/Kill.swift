import ArgumentParser
import Assembly
import Core
import Foundation

/// `kill`: requests a kill, and carries it out unless another broker does.
struct Kill: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kill",
        abstract: "Kills a job and every process it started.",
        discussion: """
            If the store cannot be used, the job is killed by its files alone. The broker then records the kill when \
            the store is back.
            """)

    @OptionGroup var options: Options

    @Argument(help: "The UUID of the job, or its first digits, at least 4.", completion: Completions.unended)
    var job: JobReference

    @Option(help: "The user that the history shows. Default: the account that runs this program.")
    var by: UserName?

    /// Milliseconds within which a broker on watch begins a kill. One that is stalled is replaced within that time.
    private static let beginTimeout: Int64 = 15_000

    func run() throws {
        try reportingErrors {
            let configuration = try options.source.choose(decides: false).configuration
            let killer = (by ?? .current)?.identifier(configuration) ?? "administrator"
            do {
                try kill(by: .user(killer), in: options.open().instance)
            } catch let error as StoreError {
                try kill(by: .user(killer), in: configuration, because: error)
            }
        }
    }

    /// Kills the job without a store.
    private func kill(by requester: KillRequester, in configuration: Configuration, because error: StoreError) throws {
        try Account.becomeOwner(of: configuration.storage)
        let storage = try Storage(at: configuration.storage, logs: configuration.logger.path)
        let uuid = try job.uuid(in: storage)
        guard let outcome = try KillByFiles(in: storage, configuration).kill(uuid, by: requester) else {
            throw error
        }
        StandardError.report("\(error) The job is killed by its files.", of: "remotisan-broker", level: .warning)
        switch outcome {
        case .killed: print("\(uuid) has no process left. The broker records the kill when the store is back.")
        case .ended: throw CommandError("Job \(uuid) has ended.", .refused)
        case .underway: print("Another broker kills the job now.")
        case .survived(let survivors):
            throw CommandError("Processes of \(uuid) are left: \(survivors.joined(separator: ", ")).")
        }
    }

    private func kill(by requester: KillRequester, in instance: Instance) throws {
        try instance.requireOwnPlace()
        let uuid = try job.uuid(in: instance)
        // An execution that a restored store does not have.
        let adopting = AdoptExecutions(store: instance.store, storage: instance.storage, log: instance.log)
        if try instance.store.execution(uuid) == nil { _ = try adopting.adopt(uuid) }
        guard let execution = try instance.store.execution(uuid) else {
            throw JobReference.missing(uuid)
        }
        // A queued execution has no files yet, so one of another instance can be cancelled from here.
        if execution.status == .queued,
            try instance.store.dequeue(
                uuid, .cancelled(by: requester, now: Clock.seconds()), by: instance.administrator)
        {
            print("\(uuid) killed: cancelled before it started")
            return
        }
        guard execution.serverUUID == instance.storage.serverUUID else {
            throw CommandError(
                "Job \(uuid) runs on the instance \(execution.serverUUID). Kill it there, or from the page.",
                .refused)
        }
        guard !execution.status.isEnded else { throw CommandError("Job \(uuid) has ended.", .refused) }
        let requests = KillRequestWriter(
            store: instance.store, storage: instance.storage, list: instance.killList, log: instance.log)
        if try !requests.write(uuid, on: execution.serverUUID, by: requester, instance.administrator) {
            print("The kill was requested before, by \(execution.intendedToKillBy?.identifier ?? "another user").")
        }
        let watch = try instance.watch()
        // A broker on watch begins the kill. One that is stalled does not, and is replaced. One that a supervisor has
        // started is gone in a moment.
        let deadline = Clock.boottimeMilliseconds() + Self.beginTimeout
        while try !watch.run(for: 0, waitsForSettler: true) {
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
