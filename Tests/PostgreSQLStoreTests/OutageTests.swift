import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core
@testable import PostgreSQLStore

/// Servers that stop, restart, hang, or refuse connections.
struct OutageTests {
    private static func isUnavailable(_ body: () throws -> Void) -> Bool {
        do {
            try body()
        } catch StoreError.unavailable {
            return true
        } catch {}
        return false
    }

    /// Polls until the store is available. The pause between two connection attempts is at most 4 s.
    private static func waitUntilAvailable(_ store: PostgreSQLStore) throws {
        try blockUntil("the store is available") { !isUnavailable { _ = try store.running(on: "x") } }
    }

    @Test func `of several servers the writable one is used`() throws {
        let temporary = try TemporaryStore()
        let standby = try PostgreSQLProcess()
        try standby.sql("CREATE DATABASE \(temporary.database)", in: "postgres")
        try standby.sql("ALTER DATABASE \(temporary.database) SET default_transaction_read_only = on", in: "postgres")
        let address = "host=\(standby.socket),\(temporary.server.socket) port=\(standby.port),\(temporary.server.port)"
        let both = "\(address) user=postgres dbname=\(temporary.database)"
        let uuid = JobUUID()
        _ = try PostgreSQLStore(try #require(try PostgreSQLServer(parsing: both))).insert(.sample(uuid), limit: nil)
        #expect(try temporary.store.execution(uuid) != nil)
        // target_session_attrs in the address overrides this.
        #expect(throws: StoreError.self) {
            try PostgreSQLStore(try #require(try PostgreSQLServer(parsing: both + " target_session_attrs=any")))
                .insert(.sample(), limit: nil)
        }
    }

    @Test func `a restarted server is used again at once, with its data`() throws {
        let server = try PostgreSQLProcess()
        let temporary = try TemporaryStore(on: server)
        let uuid = JobUUID()
        for signal in [SIGINT, SIGQUIT, SIGKILL] {
            let stored = JobUUID()
            _ = try temporary.store.insert(.sample(stored), limit: RunningLimit(5))
            server.stop(signal)
            try server.start()
            #expect(try temporary.store.execution(stored) != nil, "after signal \(signal)")
        }
        #expect(try temporary.store.execution(uuid) == nil)
    }

    @Test func `calls fail while a server is down, and succeed after its restart`() async throws {
        let server = try PostgreSQLProcess()
        let temporary = try TemporaryStore(on: server)
        let store = temporary.store
        server.stop()
        let failed = try await ExecutionStoreSuite.concurrently(8) { _ in
            (0..<200).allSatisfy { _ in Self.isUnavailable { _ = try store.running(on: "x") } }
        }
        #expect(failed.allSatisfy { $0 })
        try server.start()
        try Self.waitUntilAvailable(store)
    }

    @Test func `a call to a hanging server times out, and later calls succeed`() async throws {
        let server = try PostgreSQLProcess()
        let temporary = try TemporaryStore(on: server)
        let store = try temporary.another(.init(connecting: 2000, statement: 500, silence: 200))
        // With these timeouts even a working server may be too slow.
        try Self.waitUntilAvailable(store)
        let pids = try temporary.sql("SELECT pid FROM pg_stat_activity").split(separator: "\n").compactMap { pid_t($0) }
        let postmaster = try #require(server.pid)
        let all = Set(pids + [postmaster])
        for pid in all { kill(pid, SIGSTOP) }
        let first = ContinuousClock().measure { #expect(Self.isUnavailable { _ = try store.running(on: "x") }) }
        #expect(first < .seconds(10), "The timeout must end the call, because the server never answers.")
        for pid in all { kill(pid, SIGCONT) }
        try Self.waitUntilAvailable(store)
    }

    @Test func `commits that wait for a lost synchronous standby do not use up the connections of the server`() throws {
        let server = try PostgreSQLProcess()
        let temporary = try TemporaryStore(on: server)
        let standby = try server.makeStandby(isSynchronous: true)
        let store = try temporary.another(.init(connecting: 2000, statement: 300, silence: 200))
        try Self.waitUntilAvailable(store)
        standby.stop(SIGKILL)
        let uuids = (1...5).map { _ in JobUUID() }
        for uuid in uuids {
            #expect(Self.isUnavailable { _ = try store.insert(.sample(uuid), limit: nil) })
            try Self.waitUntilAvailable(store)
        }
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        try blockUntil("the end of abandoned commits") {
            // The pool looks for them when it connects after a failure.
            _ = Self.isUnavailable { _ = try store.insert(.sample(), limit: nil) }
            let count = try #require(Int(try temporary.sql(waiting)))
            return try count <= 3 && temporary.store.execution(uuids[0]) != nil
        }
        // Their answers were errors, but they are stored. A broker settles them as lost, because nothing was started.
        try standby.start()
        try Self.waitUntilAvailable(store)
        for uuid in uuids { #expect(try store.execution(uuid)?.status == .running) }
        try blockUntil("a commit on both servers") {
            !Self.isUnavailable { _ = try store.insert(.sample(), limit: nil) }
        }
    }

    @Test func `a promoted standby has another lineage, and so has a restored table`() throws {
        let server = try PostgreSQLProcess()
        let temporary = try TemporaryStore(on: server)
        // Without the rights of a super user.
        try temporary.sql("CREATE ROLE plain LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO plain")
        let plain = server.address(temporary.database).replacing("user=postgres", with: "user=plain")
        let address = try #require(try PostgreSQLServer(parsing: plain))
        let first = try #require(try PostgreSQLStore(address).lineage())
        #expect(try temporary.store.lineage() == first)
        let standby = try server.makeStandby(isSynchronous: false)
        try standby.promote()
        let other = PostgreSQLStore(try TemporaryStore.address(standby, temporary.database))
        try Self.waitUntilAvailable(other)
        let promoted = try #require(try other.lineage())
        #expect(promoted != first)
        try server.dump(temporary.database)
        try server.restore(temporary.database)
        let restored = try #require(try temporary.another().lineage())
        #expect(![first, promoted].contains(restored))
    }

    @Test func `a statement that waits too long for a lock fails, without effects on other statements`() async throws {
        let temporary = try TemporaryStore()
        let store = try temporary.another(.init(statement: 300))
        let uuid = JobUUID()
        _ = try temporary.store.insert(.sample(uuid), limit: nil)
        try Self.waitUntilAvailable(store)
        let locking = try temporary.another()
        try locking.use { connection throws(PostgreSQLError) in
            _ = try connection.run([.once("BEGIN"), .once("SELECT FROM remotisan_executions FOR UPDATE")])
            #expect(Self.isUnavailable { _ = try store.settle(uuid, .sample()) })
            #expect((try? temporary.store.execution(uuid)?.status) == .running)
            _ = try connection.run([.once("ROLLBACK")])
        }
        // The store itself still works.
        try Self.waitUntilAvailable(store)
        #expect(try temporary.store.settle(uuid, .sample()))
    }

    @Test func `a database without tables is an error that names the migration`() throws {
        let temporary = try TemporaryStore(isMigrated: false)
        let error = #expect(throws: StoreError.self) { _ = try temporary.store.running(on: "x") }
        guard case .unavailable(let detail) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(detail.contains("remotisan-broker migrate"))
        #expect(try !temporary.another().migrate().isEmpty)
        try Self.waitUntilAvailable(temporary.store)
    }

    @Test func `the password comes from the address or a file, and is not in errors`() throws {
        let server = try PostgreSQLProcess.shared.get()
        let temporary = try TemporaryStore()
        let directory = try TemporaryDirectory()
        let base = "host=127.0.0.1 port=\(server.port) user=postgres dbname=\(temporary.database) sslmode=disable"
        let quoted = PostgreSQLProcess.password.replacing("'", with: "\\'")
        var right = try #require(try PostgreSQLServer(parsing: base + " password='\(quoted)'"))
        _ = try PostgreSQLStore(right).running(on: "x")
        #expect(!"\(right)".contains("ass word"))
        right.password = nil
        right.passwordFile = directory.path + "/password"
        try Data("\(PostgreSQLProcess.password)\nmore\n".utf8).write(
            to: URL(fileURLWithPath: directory.path + "/password"))
        _ = try PostgreSQLStore(right).running(on: "x")
        var wrong = right
        wrong.passwordFile = nil
        wrong.password = Password("opensesame")
        let error = #expect(throws: StoreError.self) { _ = try PostgreSQLStore(wrong).running(on: "x") }
        #expect(error.map { "\($0)".contains("password authentication failed") } == true)
        #expect(error.map { "\($0)".contains("opensesame") } == false)
        wrong.passwordFile = directory.path + "/missing"
        #expect(throws: StoreError.self) { _ = try PostgreSQLStore(wrong).running(on: "x") }
    }
}
