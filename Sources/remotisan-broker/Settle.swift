import ArgumentParser
import Core

/// `settle`: what a supervisor becomes when no broker is on watch.
struct Settle: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes the end of one job into the audit, and starts what waited for it.")

    @OptionGroup var options: Options

    @Argument(help: "The job's UUID.")
    var uuid: JobUUID

    func run() throws {
        let instance = try options.instance()
        let settled = try explained {
            let settled = try SettleExecutions(store: instance.store, storage: instance.storage, log: instance.log)
                .settle(uuid)
            // Its end may be what another waits for, and nobody is on watch.
            if settled { try instance.startQueued().start() }
            return settled
        }
        if !settled {
            print("\(uuid) still runs, or is not a job of this instance.")
            throw ExitCode(3)
        }
    }
}
