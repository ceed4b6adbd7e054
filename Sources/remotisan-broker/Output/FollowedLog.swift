import Core
import Glibc

/// Follows a log until its job has ended.
struct FollowedLog {
    private let files: JobFiles
    private let watch: WatchExecution
    private let person: Person
    private let storage: Storage

    /// Milliseconds after which the store is asked even if the kernel announces nothing.
    private static let interval: Int32 = 1000

    /// - Parameter person: Who follows it.
    init(_ files: JobFiles, _ watch: WatchExecution, in storage: Storage, for person: Person) {
        self.files = files
        self.storage = storage
        self.watch = watch
        self.person = person
    }

    /// Prints the log.
    ///
    /// - Returns: The status with which the job ended.
    func print(with printer: inout LogPrinter) throws -> Status {
        let news = JobNews()
        news.add(files)
        defer { news.remove(files.uuid) }
        var store = StoreState()
        while true {
            // Read before the log: if the job has ended, nothing is added to the log.
            let status = try status(&store)
            _ = try printer.printNew()
            if let status, status.isEnded {
                try printer.end()
                return status
            }
            news.watchLog(of: files)
            // Output from before the watch would not be announced.
            if try printer.printNew() { continue }
            var waiting = pollfd(fd: news.descriptor, events: Int16(POLLIN), revents: 0)
            poll(&waiting, 1, Self.interval)
            _ = news.take()
        }
    }

    /// What is known of the store.
    private struct StoreState {
        /// Whether its failure was reported.
        var hasReported = false
        /// Whether it has said that the job started. A queued job has no files.
        var hasStarted = false
    }

    /// The status of the execution; nil if it is unknown. While the store fails, the files of the job tell its end.
    private func status(_ store: inout StoreState) throws -> Status? {
        do {
            guard let view = try watch.view(files.uuid, for: person) else { throw JobReference.missing(files.uuid) }
            store.hasReported = false
            if view.execution.status != .queued { store.hasStarted = true }
            return view.execution.status
        } catch let error as StoreError {
            if !store.hasReported {
                StandardError.report(
                    "\(error) The log is followed by the files of the job.", of: "remotisan-broker", level: .warning)
            }
            store.hasReported = true
            return store.hasStarted ? try WatchExecution.endByFiles(of: files, in: storage) : nil
        }
    }
}
