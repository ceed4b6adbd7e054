/// Counts what ``PurgeHistory`` would remove, and removes nothing.
package struct CountPurgeable {
    private let store: any ExecutionStore
    private let storage: Storage

    package init(store: any ExecutionStore, storage: Storage) {
        self.store = store
        self.storage = storage
    }

    /// What would be removed.
    package struct Amount: Sendable, Equatable {
        package var executions = 0
        package var refusals = 0
        /// Disk space of the executions' files, in bytes.
        package var bytes: Int64 = 0

        package init(executions: Int = 0, refusals: Int = 0, bytes: Int64 = 0) {
            self.executions = executions
            self.refusals = refusals
            self.bytes = bytes
        }
    }

    /// Counts executions that ended before a time, and refused attempts from before it.
    ///
    /// - Parameters:
    ///   - time: Unix seconds.
    ///   - newest: The largest numbers of rows that count; nil for no limit.
    package func count(endedBefore time: Int64, upTo newest: NewestRowNumbers?) throws(StoreError) -> Amount {
        var amount = Amount()
        var id: Int64 = 0
        while true {
            let batch = try store.removableExecutions(
                on: storage.serverUUID, endedBefore: time, upTo: newest?.executions ?? .max, after: id, limit: 1000)
            amount.executions += batch.count
            for uuid in batch.compactMap({ JobUUID($0.jobUUID) }) {
                amount.bytes += JobFiles(uuid, in: storage).diskSpace
            }
            guard batch.count == 1000, let last = batch.last else { break }
            id = last.id
        }
        amount.refusals = try store.countRefusals(before: time, upTo: newest?.refusals ?? .max)
        return amount
    }
}
