/// Stores the audit: for each instance a chain of entries, of which each has the hash of the one before.
///
/// All functions may be called from any thread. They block until the store has answered. The functions of the other
/// stores that change something append an entry in the same transaction, so neither can be without the other.
package protocol AuditStore: Sendable {
    /// Appends events to the chain of the actor's instance, in one transaction.
    func append(_ events: [AuditEvent], by actor: AuditActor) throws(StoreError)

    /// Records the configuration in use, unless the newest entry about the configuration names the same.
    ///
    /// - Parameters:
    ///   - digest: The SHA-256 of its text.
    ///   - path: The path of its file.
    /// - Returns: Whether this call recorded it.
    func recordConfiguration(
        _ digest: String, path: String, by actor: AuditActor
    ) throws(StoreError) -> Bool

    /// UUIDs of the instances that have a chain, in order.
    func auditedInstances() throws(StoreError) -> [String]

    /// Entries of a chain after a number, oldest first.
    func auditEntries(of instance: String, after number: Int64, limit: Int) throws(StoreError) -> [AuditEntry]

    /// The end of a chain; ``AuditHead/none`` if it has no entry.
    func auditHead(of instance: String) throws(StoreError) -> AuditHead

    /// Removes the oldest entries of a chain, up to the first one that is not older than a time, and appends an entry
    /// that has the hash of the last removed one. The newest entry stays.
    ///
    /// - Parameters:
    ///   - time: Unix seconds.
    ///   - limit: Maximum number of removed entries.
    /// - Returns: Number of removed entries.
    func removeAuditEntries(
        before time: Int64, limit: Int, by actor: AuditActor
    ) throws(StoreError) -> Int
}

extension AuditStore {
    /// The entry with a number; nil if there is none.
    package func auditEntry(_ number: Int64, of instance: String) throws(StoreError) -> AuditEntry? {
        try auditEntries(of: instance, after: number - 1, limit: 1).first { $0.number == number }
    }

    /// Calls a function for each entry of a chain, oldest first.
    package func forEachAuditEntry(
        of instance: String, after number: Int64 = 0, _ body: (AuditEntry) throws -> Void
    ) throws {
        var last = number
        while true {
            let entries = try auditEntries(of: instance, after: last, limit: 1000)
            for entry in entries { try body(entry) }
            guard let number = entries.last?.number else { return }
            last = number
        }
    }
}
