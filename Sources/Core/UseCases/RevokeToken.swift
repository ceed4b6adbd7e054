/// Revokes an API token, and cancels the executions that it queued.
package struct RevokeToken: Sendable {
    private let tokens: any TokenStore
    private let store: any ExecutionStore
    private let actor: AuditActor

    /// - Parameter actor: Who revokes it, for the audit.
    package init(tokens: any TokenStore, store: any ExecutionStore, by actor: AuditActor) {
        self.tokens = tokens
        self.store = store
        self.actor = actor
    }

    /// What a revoked token has left.
    package struct Outcome: Sendable, Equatable {
        /// Number of queued executions that were cancelled.
        package var cancelled = 0
        /// Number of executions that run, or are still queued.
        package var remaining = 0
    }

    /// The number of executions that a token has queued.
    package func countQueued(by id: Int64) throws(StoreError) -> Int {
        try store.openExecutions(ofToken: id).filter { $0.status == .queued }.count
    }

    /// Revokes a token. Executions that it has queued are cancelled on all instances, unless they are kept. Running
    /// executions are not killed.
    ///
    /// - Parameters:
    ///   - id: The number of the token.
    ///   - requester: Who revokes it. The history shows it as the one who cancelled.
    ///   - isKeepingQueued: Whether queued executions stay in the queue.
    ///   - now: Unix seconds.
    /// - Returns: nil if there is no such token. Its queued executions are cancelled in any case.
    package func revoke(
        _ id: Int64, by requester: KillRequester, isKeepingQueued: Bool, now: Int64
    ) throws(StoreError) -> Outcome? {
        // The token goes first, so that it queues nothing new.
        let existed = try tokens.removeToken(id: id, by: actor)
        var outcome = Outcome()
        for execution in try store.openExecutions(ofToken: id) {
            if execution.status == .queued, !isKeepingQueued, let uuid = JobUUID(execution.jobUUID),
                try store.dequeue(uuid, .cancelled(by: requester, now: now), by: actor)
            {
                outcome.cancelled += 1
            } else {
                outcome.remaining += 1
            }
        }
        return existed ? outcome : nil
    }
}
