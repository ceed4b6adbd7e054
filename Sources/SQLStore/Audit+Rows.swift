import Core

/// The table of the audit.
package enum AuditTable {
    /// The columns of `remotisan_audit` that `AuditEntry.init(_:)` reads, in its order.
    package static let columns = """
        server_uuid, number, at, event, subject, user_identifier, means, address, token_id, details, previous, hash
        """

    /// The entries about the configuration.
    package static let isAboutConfiguration = "event = '\(AuditEvent.Kind.configurationChanged.rawValue)'"
}

extension AuditEntry {
    /// Reads a row of ``AuditTable/columns``. A value of another type reads as a value that does not fit.
    package init(_ row: some ResultRow) {
        self.init(
            instance: row.text(0) ?? "", number: row.integer(1) ?? -1, at: row.integer(2) ?? -1,
            event: row.text(3) ?? "", subject: row.text(4), user: row.text(5), means: row.text(6) ?? "",
            address: row.text(7), tokenID: row.integer(8), details: row.text(9) ?? "", previous: row.text(10) ?? "",
            hash: row.text(11) ?? "")
    }
}

extension AuditHead {
    /// Reads a row with a number and a hash.
    package init(_ row: some ResultRow) {
        self.init(number: row.integer(0) ?? 0, hash: row.text(1) ?? "")
    }
}
