import Logging

/// Starts collectors for output that has none, because supervisor and collector were ended together.
///
/// A running execution gets its collector in the next broker pass. This covers also what jobs left running after their
/// end.
package struct CollectAbandonedOutput {
    private let storage: Storage
    private let launcher: Launcher
    private let log: Logger

    package init(storage: Storage, launcher: Launcher, log: Logger) {
        self.storage = storage
        self.launcher = launcher
        self.log = log
    }

    /// Checks all FIFOs of this instance. A FIFO without a writer disappears at once.
    package func run() {
        for uuid in (try? storage.jobs(withFile: ["out", "masked"])) ?? [] {
            let files = JobFiles(uuid, in: storage)
            do {
                if try files.isOutputAbandoned() { try launcher.startCollector(of: files) }
            } catch {
                log.error("output could not be collected", metadata: ["job": "\(uuid)", "error": "\(error)"])
            }
        }
    }
}
