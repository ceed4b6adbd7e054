import Foundation
import TestSupport
import Testing

@testable import Core
@testable import PostgreSQLStore

struct AuditTests {
    @Test(arguments: AuditTampering.all)
    func `the first entry that does not fit is found`(_ tampering: AuditTampering) throws {
        let temporary = try TemporaryStore()
        try tampering.check(temporary.store) { try temporary.sql($0) }
    }

    /// The statements of docs/audit.md, for a role of this test.
    private static func grants(to role: String) throws -> String {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../docs/audit.md"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let block = try #require(text.split(separator: "```sql\n").dropFirst().first?.split(separator: "```").first)
        #expect(block.contains("remotisan_service"))
        return String(block).replacing("remotisan_service", with: role)
    }

    /// A store whose role may only append to the audit.
    private static func limited(_ temporary: TemporaryStore) throws -> (store: PostgreSQLStore, role: String) {
        let role = "service_\(UInt64.random(in: 0 ... .max))"
        try temporary.sql(try grants(to: role))
        let address = temporary.server.address(temporary.database).replacing("user=postgres", with: "user=\(role)")
        return (PostgreSQLStore(try #require(try PostgreSQLServer(parsing: address))), role)
    }

    /// Without the tests of concurrency, which open many connections.
    @Test(
        arguments: ExecutionStoreSuite.all.filter {
            $0.name != "purged entries leave a chain that fits" && !$0.name.contains("concurrent")
        })
    func `a role that may only append passes the tests of stores`(_ item: ExecutionStoreSuite) async throws {
        let temporary = try TemporaryStore()
        try await item.check(try Self.limited(temporary).store)
    }

    @Test(arguments: InstanceStoreSuite.all.filter { !$0.name.contains("concurrent") })
    func `a role that may only append passes the tests of instance stores`(_ item: InstanceStoreSuite) async throws {
        let temporary = try TemporaryStore()
        try await item.check(try Self.limited(temporary).store)
    }

    @Test(arguments: [
        "UPDATE remotisan_audit SET user_identifier = 'eve'", "DELETE FROM remotisan_audit",
        "TRUNCATE remotisan_audit", "DROP TABLE remotisan_audit", "ALTER TABLE remotisan_audit DROP COLUMN hash",
        "INSERT INTO remotisan_audit SELECT * FROM remotisan_audit ON CONFLICT (server_uuid, number) DO UPDATE SET at = 1",
        "DELETE FROM remotisan_migrations",
    ])
    func `a role that may only append cannot change the audit`(_ sql: String) throws {
        let temporary = try TemporaryStore()
        let (store, role) = try Self.limited(temporary)
        for number in 1...2 { try store.append([AuditEvent(.logRead, "x", at: Int64(number))], by: .test) }
        let before = try store.auditEntries(of: "test", after: 0, limit: 10)
        #expect(throws: (any Error).self) { try temporary.sql("SET ROLE \(role); \(sql)") }
        #expect(throws: StoreError.self) { try store.removeAuditEntries(before: .max, limit: 1, by: .test) }
        #expect(try store.auditEntries(of: "test", after: 0, limit: 10) == before)
        // The owner can purge.
        #expect(try temporary.store.removeAuditEntries(before: .max, limit: 5, by: .test) == 1)
    }

    @Test func `an entry that cannot be stored undoes the change that it is about`() throws {
        let temporary = try TemporaryStore()
        try temporary.sql("ALTER TABLE remotisan_audit ADD CONSTRAINT full_table CHECK (number > 99)")
        try ExecutionStoreSuite.expectNoChangeWithoutAudit(temporary.store)
    }
}
