import Core
import GRDB
import TestSupport
import Testing

@testable import SQLiteStore

struct AuditTests {
    private static let dropTriggers = "DROP TRIGGER remotisan_audit_update; DROP TRIGGER remotisan_audit_delete;"

    @Test(arguments: AuditTampering.all)
    func `the first entry that does not fit is found`(_ tampering: AuditTampering) throws {
        let temporary = try TemporaryStore()
        try tampering.check(temporary.store) { sql in
            try DatabaseQueue(path: temporary.path).write { try $0.execute(sql: Self.dropTriggers + sql) }
        }
    }

    @Test(arguments: [
        "UPDATE remotisan_audit SET user_identifier = 'eve'", "DELETE FROM remotisan_audit",
        "DELETE FROM remotisan_audit WHERE number = 2",
        "INSERT OR REPLACE INTO remotisan_audit SELECT * FROM remotisan_audit",
    ])
    func `a program cannot change the audit by mistake`(_ sql: String) throws {
        let temporary = try TemporaryStore()
        for number in 1...3 { try temporary.store.append([AuditEvent(.logRead, "\(number)")], by: .test) }
        let before = try temporary.store.auditEntries(of: "test", after: 0, limit: 10)
        try? DatabaseQueue(path: temporary.path).write { try $0.execute(sql: sql) }
        #expect(try temporary.store.auditEntries(of: "test", after: 0, limit: 10) == before)
    }

    @Test func `an entry that cannot be stored undoes the change that it is about`() throws {
        let temporary = try TemporaryStore()
        try temporary.store.write { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER full BEFORE INSERT ON remotisan_audit BEGIN SELECT raise(ABORT, 'full'); END
                    """)
        }
        try ExecutionStoreSuite.expectNoChangeWithoutAudit(temporary.store)
    }
}
