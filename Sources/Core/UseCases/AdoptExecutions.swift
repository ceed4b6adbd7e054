import Logging

/// Gives back to the store executions that it has lost, from the files of their jobs.
///
/// A store loses executions if it is restored from an older backup, or if PostgreSQL fails over to a standby that
/// lagged behind. The jobs still run or have run, so they must be visible and can be killed. A broker then settles the
/// executions by the same files.
package struct AdoptExecutions: Sendable {
    private let store: any ExecutionStore
    private let storage: Storage
    private let log: Logger

    /// Number of jobs that are looked up in the store at a time.
    private static let batch = 500

    package init(store: any ExecutionStore, storage: Storage, log: Logger) {
        self.store = store
        self.storage = storage
        self.log = log
    }

    /// Adopts the executions of running jobs, and of all jobs if the store has gone back in time: its newest execution
    /// is missing, or its lineage is another one.
    ///
    /// - Parameter all: Whether it may have gone back without a trace.
    /// - Returns: Number of adopted executions.
    /// - Throws: ``StoreError``, ``SystemError``.
    @discardableResult
    package func adopt(all: Bool = false) throws -> Int {
        try adopt(all: all, from: JobListing(of: storage, Self.records))
    }

    /// The extensions of the files that tell of jobs that have run.
    static let records = ["pid", "exit"]

    /// The same for jobs that have been listed already.
    ///
    /// - Parameters:
    ///   - listing: The files with the extensions of ``records``.
    ///   - known: Jobs whose executions are certainly in the store.
    func adopt(all: Bool, from listing: JobListing, without known: Set<JobUUID> = []) throws -> Int {
        let mark = StoreMark(storage)
        // Read first: if the server fails over meanwhile, the next call finds another lineage.
        let lineage = try store.lineage()
        let newest = try store.newestRowNumbers().executions
        let hasLostRows = all || mark.newest > newest || mark.isOfAnother(lineage)
        let jobs = hasLostRows ? listing.jobs(with: "pid", "exit") : listing.jobs(with: "pid")
        let adopted = try adopt(Array(jobs.subtracting(known)))
        // On a full disk the earlier mark stays.
        try? mark.record(try store.newestRowNumbers().executions, lineage)
        return adopted
    }

    /// Adopts those of some jobs that have run and have no execution.
    private func adopt(_ uuids: [JobUUID]) throws -> Int {
        var adopted = 0
        var rest = uuids[...]
        while !rest.isEmpty {
            for uuid in try store.missing(Array(rest.prefix(Self.batch))) where try adopt(uuid) { adopted += 1 }
            rest = rest.dropFirst(Self.batch)
        }
        return adopted
    }

    /// Adopts the execution of a job that has run. Without a trace of a run, nothing is adopted: the job may be about
    /// to start, and its execution about to be stored.
    ///
    /// - Returns: Whether this call stored the execution.
    package func adopt(_ uuid: JobUUID) throws -> Bool {
        let files = JobFiles(uuid, in: storage)
        let exit = try files.exitRecord()
        guard try exit != nil || files.pidRecord() != nil else { return false }
        let known = try files.startRecord()
        let record = known ?? StartRecord(startedAt: startTime(files, exit))
        let execution = record.execution(of: uuid, on: storage.serverUUID)
        guard
            try storage.retryingWithReserve({ () throws(StoreError) in
                try store.adopt(execution, by: AuditActor(.broker, of: storage))
            })
        else {
            return false
        }
        log.warning(
            "execution restored from the files of its job",
            metadata: ["job": "\(uuid)", "command": "\(record.command.sanitized)"])
        return true
    }

    private func startTime(_ files: JobFiles, _ exit: ExitRecord?) -> Int64 {
        if let exit { return (exit.endedMilliseconds - (exit.ranMilliseconds ?? 0)) / 1000 }
        return FileStatus(ofPath: files.pid).map { $0.modifiedMilliseconds / 1000 } ?? Clock.seconds()
    }
}

extension Storage {
    /// Makes the next broker pass search all jobs for lost executions, because the store was replaced.
    package func expectLostExecutions() {
        try? StoreMark(self).record(.max, nil)
    }
}

/// STORAGE/store.mark: the largest number of an execution that the store ever had, and its lineage. A store with
/// smaller numbers only, or with another lineage, is an earlier one.
private struct StoreMark {
    let newest: Int64
    private let lineage: String?
    private let path: String

    init(_ storage: Storage) {
        path = storage.directory + "/store.mark"
        let words = ((try? DurableFile.read(path)) ?? nil)?.trimmingWhitespace.split(separator: " ") ?? []
        newest = words.first.flatMap { Int64($0) } ?? 0
        lineage = words.dropFirst().first.map(String.init)
    }

    /// Whether the store had another lineage when the mark was recorded. An earlier version recorded none.
    func isOfAnother(_ current: String?) -> Bool {
        guard let lineage, let current else { return false }
        return lineage != current
    }

    func record(_ number: Int64, _ lineage: String?) throws(SystemError) {
        guard number != newest || lineage != self.lineage else { return }
        let text = ["\(number)", lineage].compactMap(\.self).joined(separator: " ")
        try DurableFile.write(text + "\n", to: path, isDurable: false)
    }
}
