import Foundation
import Logging

/// Removes executions that ended long ago, with their logs and records, and refused attempts as old.
public struct PurgeHistory: Sendable {
    private let store: any ExecutionStore
    private let storage: Storage
    private let log: Logger

    /// The use case on its collaborators.
    public init(store: any ExecutionStore, storage: Storage, log: Logger) {
        self.store = store
        self.storage = storage
        self.log = log
    }

    /// Removes what ended before a time; without a limit also files that belong to no row.
    ///
    /// - Parameters:
    ///   - time: Unix seconds.
    ///   - limit: So many at the most; nil: all.
    /// - Returns: How many were removed.
    /// - Throws: ``StoreError``.
    public func purge(endedBefore time: Int64, limit: Int? = nil) throws -> Int {
        var removed = 0
        while true {
            let batch = min(500, (limit ?? .max) - removed)
            let uuids = try store.removeExecutions(on: storage.serverUUID, endedBefore: time, limit: batch)
            for uuid in uuids.compactMap({ JobUUID($0) }) { JobFiles(uuid, in: storage).removeAll() }
            removed += uuids.count
            if uuids.count < batch || removed == limit { break }
        }
        try store.removeRefusals(before: time)
        if limit == nil { try sweep() }
        if removed > 0 { log.info("purged", metadata: ["executions": "\(removed)"]) }
        return removed
    }

    /// Removes files without an execution: of starts that never got a row, and of rows whose purge was cut off.
    private func sweep() throws {
        let old = Clock.realtimeMilliseconds() - 3_600_000
        for directory in [storage.jobs, storage.logs] {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
                guard let uuid = JobUUID(String(name.prefix { $0 != "." })) else { continue }
                let files = JobFiles(uuid, in: storage)
                // A start that is under way holds its lock, but for the moment between making the file and locking it.
                guard let status = FileStatus(ofPath: "\(directory)/\(name)"), status.modifiedMilliseconds < old
                else { continue }
                if try !files.isLocked(), try store.execution(uuid) == nil { files.removeAll() }
            }
        }
    }
}
