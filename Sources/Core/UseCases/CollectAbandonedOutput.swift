import Logging

/// Starts collectors for output that has none, because supervisor and collector were ended together.
///
/// A running execution gets its collector in the next broker pass. This covers also what jobs left running after their
/// end.
struct CollectAbandonedOutput {
    private let storage: Storage
    private let launcher: Launcher
    private let log: Logger

    /// The extensions of the FIFOs.
    static let outputs = ["out", "masked"]

    init(storage: Storage, launcher: Launcher, log: Logger) {
        self.storage = storage
        self.launcher = launcher
        self.log = log
    }

    /// Checks the FIFOs of this instance. A FIFO without a writer disappears at once.
    ///
    /// - Parameters:
    ///   - listing: The files with the extensions of ``outputs``.
    ///   - running: The running executions.
    func run(in listing: JobListing, without running: Set<JobUUID>) {
        for uuid in listing.jobs(with: "out", "masked").subtracting(running) {
            let files = JobFiles(uuid, in: storage)
            do {
                if try files.isOutputAbandoned() { try launcher.startCollector(of: files) }
            } catch {
                log.error("output could not be collected", metadata: ["job": "\(uuid)", "error": "\(error)"])
            }
        }
    }
}
