import Core
import Testing

/// A change of the audit by SQL, and what `audit verify` says about it.
package struct AuditTampering: Sendable, CustomTestStringConvertible {
    /// What is changed.
    package let testDescription: String
    /// Statements that SQLite and PostgreSQL understand.
    package let sql: String
    /// The first entry that does not fit; nil if everything fits.
    package let misfit: AuditMisfit?
    /// The number of the entry that an anchor names; nil for no anchor.
    package let anchor: Int64?

    private init(_ name: String, _ sql: String, _ misfit: AuditMisfit?, anchor: Int64? = nil) {
        testDescription = name
        self.sql = sql
        self.misfit = misfit
        self.anchor = anchor
    }

    package static let all: [AuditTampering] = [
        .init("nothing", "SELECT 1", nil, anchor: 6),
        .init("a user is changed", "UPDATE remotisan_audit SET user_identifier = 'eve' WHERE number = 3", .changed(3)),
        .init("a time is changed", "UPDATE remotisan_audit SET at = at + 1 WHERE number = 1", .changed(1)),
        .init("an address is removed", "UPDATE remotisan_audit SET address = NULL WHERE number = 2", .changed(2)),
        .init("details are changed", "UPDATE remotisan_audit SET details = '{ }' WHERE number = 4", .changed(4)),
        .init("a hash is changed", "UPDATE remotisan_audit SET hash = previous WHERE number = 5", .changed(5)),
        .init(
            "a value moves to the next column",
            "UPDATE remotisan_audit SET subject = user_identifier, user_identifier = subject WHERE number = 3",
            .changed(3)),
        .init("a row in the middle is removed", "DELETE FROM remotisan_audit WHERE number = 3", .missing(3)),
        .init(
            "rows in the middle are removed and the others are numbered again",
            "DELETE FROM remotisan_audit WHERE number = 3; UPDATE remotisan_audit SET number = 3 WHERE number = 4",
            .changed(3)),
        .init(
            "two rows are swapped",
            """
            UPDATE remotisan_audit SET number = 99 WHERE number = 2;
            UPDATE remotisan_audit SET number = 2 WHERE number = 3;
            UPDATE remotisan_audit SET number = 3 WHERE number = 99
            """, .changed(2)),
        .init("the first rows are removed", "DELETE FROM remotisan_audit WHERE number <= 2", .beginMissing(2)),
        .init("the last rows are removed", "DELETE FROM remotisan_audit WHERE number >= 5", nil),
        .init(
            "the last rows are removed, and an anchor names one", "DELETE FROM remotisan_audit WHERE number >= 5",
            nil, anchor: 6),
        .init("all rows are removed, and an anchor names one", "DELETE FROM remotisan_audit", nil, anchor: 6),
        .init(
            "a chain is moved to another instance", "UPDATE remotisan_audit SET server_uuid = 'b'", nil, anchor: 6),
    ]

    /// Tampers with an audit and verifies it.
    ///
    /// - Parameter run: Runs SQL as one who owns the tables.
    package func check(_ store: any AuditStore, run: (String) throws -> Void) throws {
        let actor = AuditActor(instance: "a", user: "ann", means: .webServer, address: "127.0.0.1", tokenID: 1)
        for number in 1...6 { try store.append([AuditEvent(.logRead, "\(number)", at: 100)], by: actor) }
        let anchors = try anchor.map { number in
            [AuditAnchor(instance: "a", head: try #require(try store.auditEntry(number, of: "a")).head)]
        }
        try run(sql)
        var verification = AuditVerification(of: "a", anchors: anchors ?? [])
        var found: AuditMisfit?
        try store.forEachAuditEntry(of: "a") { entry in
            if found == nil { found = verification.check(entry) }
        }
        found = found ?? verification.finish()
        let end = try store.auditHead(of: "a").number
        if let anchor = anchors?.first, end < anchor.head.number {
            #expect(found == .anchor(anchor, end: end, lostIn: nil))
        } else {
            #expect(found == misfit)
        }
    }
}
