import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core
@testable import PostgreSQLStore

/// A server that goes, comes back, hangs, or lets nobody in.
struct OutageTests {
    private static func isUnavailable(_ body: () throws -> Void) -> Bool {
        do {
            try body()
        } catch StoreError.unavailable {
            return true
        } catch {}
        return false
    }

    /// Tries until it is tried anew; the pause between two tries is 4 s at the most.
    private static func untilAvailable(_ store: PostgreSQLStore) throws {
        try blockUntil("the store is there again") { !isUnavailable { _ = try store.running(on: "x") } }
    }

    @Test func `of several servers the one that takes writes is used`() throws {
        let temporary = try TemporaryStore()
        let standby = try PostgreSQLProcess()
        try standby.sql("CREATE DATABASE \(temporary.database)", in: "postgres")
        try standby.sql("ALTER DATABASE \(temporary.database) SET default_transaction_read_only = on", in: "postgres")
        let address = "host=\(standby.socket),\(temporary.server.socket) port=\(standby.port),\(temporary.server.port)"
        let both = "\(address) user=postgres dbname=\(temporary.database)"
        let uuid = JobUUID()
        _ = try PostgreSQLStore(try #require(try PostgreSQLServer(parsing: both))).insert(.sample(uuid), limit: nil)
        #expect(try temporary.store.execution(uuid) != nil)
        // Whoever says what they want gets that.
        #expect(throws: StoreError.self) {
            try PostgreSQLStore(try #require(try PostgreSQLServer(parsing: both + " target_session_attrs=any")))
                .insert(.sample(), limit: nil)
        }
    }

    @Test func `a server that was started anew is used again at once, and what it had is there`() throws {
        let server = try PostgreSQLProcess()
        let temporary = try TemporaryStore(on: server)
        let uuid = JobUUID()
        for signal in [SIGINT, SIGQUIT, SIGKILL] {
            let kept = JobUUID()
            _ = try temporary.store.insert(.sample(kept), limit: RunningLimit(5))
            server.stop(signal)
            try server.start()
            #expect(try temporary.store.execution(kept) != nil, "after signal \(signal)")
        }
        #expect(try temporary.store.execution(uuid) == nil)
    }

    @Test func `while a server is down calls fail, and they work again when it is back`() async throws {
        let server = try PostgreSQLProcess()
        let temporary = try TemporaryStore(on: server)
        let store = temporary.store
        server.stop()
        let failed = try await ExecutionStoreSuite.concurrently(8) { _ in
            (0..<200).allSatisfy { _ in Self.isUnavailable { _ = try store.running(on: "x") } }
        }
        #expect(failed.allSatisfy { $0 })
        try server.start()
        try Self.untilAvailable(store)
    }

    @Test func `a server that hangs is given up, and used again when it answers`() async throws {
        let server = try PostgreSQLProcess()
        let temporary = try TemporaryStore(on: server)
        let store = try temporary.another(.init(connecting: 2000, statement: 500, silence: 200))
        // It is hasty with a server that works, too.
        try Self.untilAvailable(store)
        let pids = try temporary.sql("SELECT pid FROM pg_stat_activity").split(separator: "\n").compactMap { pid_t($0) }
        let postmaster = try #require(server.pid)
        let all = Set(pids + [postmaster])
        for pid in all { kill(pid, SIGSTOP) }
        let first = ContinuousClock().measure { #expect(Self.isUnavailable { _ = try store.running(on: "x") }) }
        #expect(first < .seconds(10), "The server itself says nothing, ever.")
        for pid in all { kill(pid, SIGCONT) }
        try Self.untilAvailable(store)
    }

    @Test func `a statement that waits too long for a lock fails, and hurts nobody else`() async throws {
        let temporary = try TemporaryStore()
        let store = try temporary.another(.init(statement: 300))
        let uuid = JobUUID()
        _ = try temporary.store.insert(.sample(uuid), limit: nil)
        try Self.untilAvailable(store)
        let locking = try temporary.another()
        try locking.use { connection throws(PostgreSQLError) in
            _ = try connection.run([.once("BEGIN"), .once("SELECT FROM remotisan_executions FOR UPDATE")])
            #expect(Self.isUnavailable { _ = try store.settle(uuid, .sample()) })
            #expect((try? temporary.store.execution(uuid)?.status) == .running)
            _ = try connection.run([.once("ROLLBACK")])
        }
        // Nor is it hurt itself, however hasty it is.
        try Self.untilAvailable(store)
        #expect(try temporary.store.settle(uuid, .sample()))
    }

    @Test func `a database without our tables says what to do, and works once that is done`() throws {
        let temporary = try TemporaryStore(isMigrated: false)
        let error = #expect(throws: StoreError.self) { _ = try temporary.store.running(on: "x") }
        guard case .unavailable(let detail) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(detail.contains("remotisan-broker migrate"))
        #expect(try temporary.another().migrate().count == 7)
        try Self.untilAvailable(temporary.store)
    }

    @Test func `the password comes from the address or from a file, and is never told`() throws {
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
