import Core
import Glibc

/// Follows a log until its job has ended.
struct FollowedLog {
    private let files: JobFiles
    private let watch: WatchExecution
    private let person: Person

    /// Milliseconds after which the store is asked even if the kernel announces nothing.
    private static let interval: Int32 = 1000

    /// - Parameter person: Who follows it.
    init(_ files: JobFiles, _ watch: WatchExecution, for person: Person) {
        self.files = files
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
        var hasReported = false
        while true {
            // Read before the log: if the job has ended, nothing is added to the log.
            let status = try status(&hasReported)
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

    /// The status of the execution; nil while the store does not answer. The log goes on meanwhile.
    private func status(_ hasReported: inout Bool) throws -> Status? {
        do {
            guard let view = try watch.view(files.uuid, for: person) else { throw JobReference.missing(files.uuid) }
            hasReported = false
            return view.execution.status
        } catch StoreError.unavailable(let detail) {
            if !hasReported {
                StandardError.report(
                    "\(StoreError.unavailable(detail)) The log is followed all the same.", of: "remotisan-broker",
                    level: .warning)
            }
            hasReported = true
            return nil
        }
    }
}
