import ArgumentParser
import Core

/// `settle`: what a supervisor becomes when no broker is on watch.
struct Settle: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes the end of one job into the audit.")

    @OptionGroup var options: Options

    @Argument(help: "The job's UUID.")
    var uuid: String

    func run() throws {
        let uuid = try jobUUID(uuid)
        let instance = try options.instance()
        let settled = try explained {
            try SettleExecutions(store: instance.store, storage: instance.storage, log: instance.log).settle(uuid)
        }
        if !settled {
            print("\(uuid) still runs, or is not a job of this instance.")
            throw ExitCode(3)
        }
    }
}
