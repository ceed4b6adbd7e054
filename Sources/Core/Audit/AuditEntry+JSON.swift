extension AuditEntry {
    /// The entry as one line of JSON in ASCII.
    package func jsonLine() throws -> [UInt8] {
        Array((try ASCIIJSON.text(of: self) + "\n").utf8)
    }
}
