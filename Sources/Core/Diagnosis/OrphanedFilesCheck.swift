import Foundation

/// Files of jobs that no row of the audit knows.
package struct OrphanedFilesCheck: Sendable {
    /// So many files are looked at.
    private static let limit = 10_000

    /// Jobs with files and without a row.
    package var jobs: [String]

    /// The facts.
    package init(jobs: [String]) {
        self.jobs = jobs
    }

    /// Looks into a storage. Files of the last ten minutes are left out: a job has its lock before it has a row.
    package init(_ storage: Storage, store: any ExecutionStore, now: Int64) throws(StoreError) {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: storage.jobs)) ?? []).sorted()
        var jobs: [String] = []
        for name in names.prefix(Self.limit) {
            guard let uuid = name.split(separator: ".").first.flatMap({ JobUUID(String($0)) }),
                jobs.last != uuid.description, let status = FileStatus(ofPath: "\(storage.jobs)/\(name)"),
                status.modifiedMilliseconds < (now - 600) * 1000
            else { continue }
            if try store.execution(uuid) == nil { jobs.append(uuid.description) }
        }
        self.init(jobs: jobs)
    }

    /// What is so.
    package var findings: [Finding] {
        guard let first = jobs.first else { return [.ok("jobs", "no files without a row.")] }
        return [
            .warning(
                "jobs",
                "\(jobs.count) have files and no row in the audit, such as \(first): was the database exchanged? Put the "
                    + "right one back, or remove them.")
        ]
    }
}
