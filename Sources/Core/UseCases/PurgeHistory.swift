import Logging

/// Removes old executions with their logs and records, and refused attempts of the same age.
package struct PurgeHistory: Sendable {
    private let store: any ExecutionStore
    private let storage: Storage
    private let actor: AuditActor
    private let log: Logger

    /// - Parameter actor: Who purges, for the audit.
    package init(store: any ExecutionStore, storage: Storage, by actor: AuditActor, log: Logger) {
        self.actor = actor
        self.store = store
        self.storage = storage
        self.log = log
    }

    /// Seconds for which refused attempts are kept if `history.keep` does not limit the history.
    package static let refusalsKept: Int64 = 90 * 24 * 3600

    /// Removes refused attempts before a time.
    package func purgeRefusals(before time: Int64, upTo newest: NewestRowNumbers? = nil) throws(StoreError) {
        try store.removeRefusals(before: time, upTo: newest?.refusals ?? .max, by: actor)
    }

    /// Removes executions that ended before a time.
    ///
    /// - Parameters:
    ///   - time: Unix seconds.
    ///   - newest: The largest numbers of rows that are removed; nil for no limit.
    ///   - limit: Maximum number of executions; nil for no limit.
    /// - Returns: Number of removed executions.
    package func purge(
        endedBefore time: Int64, upTo newest: NewestRowNumbers? = nil, limit: Int? = nil
    ) throws(StoreError) -> Int {
        var removed = 0
        while true {
            let batch = min(500, (limit ?? .max) - removed)
            let uuids = try store.removeExecutions(
                on: storage.serverUUID, endedBefore: time, upTo: newest?.executions ?? .max, limit: batch,
                by: actor)
            for uuid in uuids.compactMap({ JobUUID($0) }) { JobFiles(uuid, in: storage).removeAll() }
            removed += uuids.count
            if uuids.count < batch || removed == limit { break }
        }
        try purgeRefusals(before: time, upTo: newest)
        if removed > 0 { log.info("executions purged", metadata: ["executions": "\(removed)"]) }
        return removed
    }
}
