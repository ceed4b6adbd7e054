import Logging

/// Writes down who wants a job dead: in the table, which is the truth, and then on the kill list of its instance.
package struct KillRequestWriter: Sendable {
    private let store: any ExecutionStore
    private let storage: Storage
    private let list: (any KillList)?
    private let log: Logger

    /// - Parameter list: nil: the table alone.
    package init(store: any ExecutionStore, storage: Storage, list: (any KillList)?, log: Logger) {
        self.store = store
        self.storage = storage
        self.list = list
        self.log = log
    }

    /// Writes a wish. The list may fail; then the broker finds the wish in the table a little later.
    ///
    /// - Returns: false if somebody else was first, or it runs no more.
    package func write(_ uuid: JobUUID, on server: String, by requester: KillRequester) throws(StoreError) -> Bool {
        guard
            try storage.retryingWithReserve({ () throws(StoreError) in
                try store.requestKill(uuid, by: requester)
            })
        else { return false }
        do {
            try list?.add(uuid, on: server)
        } catch {
            log.warning("a kill stands in the table only", metadata: ["job": "\(uuid)", "error": "\(error)"])
        }
        return true
    }
}
