import ArgumentParser
import Core

/// `settle`: settles one job. A supervisor executes this when its job ends and no broker is on watch.
struct Settle: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Settles one job, and starts executions that were queued behind it.")

    @OptionGroup var options: Options

    @Argument(help: "The UUID of the job.")
    var uuid: JobUUID

    func run() throws {
        let instance = try options.instance(mustExist: true)
        let settled = try reportingErrors {
            try instance.requireOwnPlace()
            let settled = try SettleExecutions(store: instance.store, storage: instance.storage, log: instance.log)
                .settle(uuid)
            // Room may be free for a queued execution, and no broker is on watch to start it.
            if settled { try instance.startQueued().start() }
            return settled
        }
        if !settled {
            print("\(uuid) is still running, or is not a job of this instance.")
            throw ExitCode(3)
        }
    }
}
