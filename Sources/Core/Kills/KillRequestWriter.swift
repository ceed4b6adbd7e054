import Logging

/// Records a kill request in the store, which is authoritative, and then announces it on the kill list of the instance.
package struct KillRequestWriter: Sendable {
    private let store: any ExecutionStore
    private let storage: Storage
    private let list: (any KillList)?
    private let log: Logger

    /// - Parameter list: nil if there is only the store.
    package init(store: any ExecutionStore, storage: Storage, list: (any KillList)?, log: Logger) {
        self.store = store
        self.storage = storage
        self.list = list
        self.log = log
    }

    /// Records a request in the store. On a full disk the job is stopped first, because it may fill the disk, and would
    /// take the space that is given back. It stays stopped then: the kill begins within moments.
    private func record(
        _ uuid: JobUUID, on server: String, by requester: KillRequester, _ actor: AuditActor
    ) throws(StoreError) -> Bool {
        do throws(StoreError) {
            return try store.requestKill(uuid, by: requester, actor)
        } catch {
            guard storage.takesNoData, server == storage.serverUUID else { throw error }
            let pause = JobPause(JobFiles(uuid, in: storage), owner: storage.owner)
            do throws(StoreError) {
                let isRecorded = try storage.retryingWithReserve { () throws(StoreError) in
                    try store.requestKill(uuid, by: requester, actor)
                }
                if !isRecorded { pause.resume() }
                return isRecorded
            } catch {
                pause.resume()
                throw error
            }
        }
    }

    /// Records a request. If the list fails, the broker finds the request in the store a little later.
    ///
    /// - Parameters:
    ///   - uuid: The job.
    ///   - server: Its instance.
    ///   - requester: Who requests the kill.
    ///   - actor: The requester for the audit.
    /// - Returns: false if there is a request already, or if the execution has ended.
    package func write(
        _ uuid: JobUUID, on server: String, by requester: KillRequester, _ actor: AuditActor
    ) throws(StoreError) -> Bool {
        guard try record(uuid, on: server, by: requester, actor) else { return false }
        do {
            try list?.add(uuid, on: server)
        } catch {
            log.warning("kill request could not be announced", metadata: ["job": "\(uuid)", "error": "\(error)"])
        }
        return true
    }
}
