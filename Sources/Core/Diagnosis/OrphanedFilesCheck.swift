import Foundation

/// Looks for files of jobs that have no execution in the store.
package struct OrphanedFilesCheck: Sendable {
    /// Maximum number of files to check.
    private static let limit = 10_000

    /// Jobs with files and without an execution.
    package var jobs: [String]

    package init(jobs: [String]) {
        self.jobs = jobs
    }

    /// Checks a storage. Ignores files of the last ten minutes, because a job has a lock before it has a row.
    package init(_ storage: Storage, store: any ExecutionStore, now: Int64) throws(StoreError) {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: storage.jobs)) ?? []).sorted()
        var jobs: [String] = []
        for name in names.prefix(Self.limit) {
            // A refused start has no execution.
            guard !name.hasSuffix(".refused"),
                let uuid = name.split(separator: ".").first.flatMap({ JobUUID(String($0)) }),
                jobs.last != uuid.description,
                let status = FileStatus(ofPath: "\(storage.jobs)/\(name)"),
                status.modifiedMilliseconds < (now - 600) * 1000
            else { continue }
            if try store.execution(uuid) == nil { jobs.append(uuid.description) }
        }
        self.init(jobs: jobs)
    }

    package var findings: [Finding] {
        guard let first = jobs.first else { return [.ok("jobs", "every job with files is in the store.")] }
        return [
            .warning(
                "jobs",
                "\(jobs.count) jobs with files are not in the store, such as \(first). If the database was replaced, "
                    + "restore the right one. Otherwise remove the files.")
        ]
    }
}
