import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Core
@testable import PostgreSQLStore

struct ConnectionPoolTests {
    /// A double: a server whose network swallows everything can be had only by changing the machine's network.
    private final class SilentServer: Sendable {
        struct Attempts {
            var all = 0
            var now = 0
            var most = 0
        }
        let attempts = Mutex(Attempts())

        func connect() throws(PostgreSQLError) -> Connection {
            attempts.withLock { attempts in
                attempts.all += 1
                attempts.now += 1
                attempts.most = max(attempts.most, attempts.now)
            }
            usleep(50_000)
            attempts.withLock { $0.now -= 1 }
            throw PostgreSQLError("nobody answers")
        }
    }

    @Test func `a server that lets connections hang is tried by one caller at a time, and not in every pause`()
        async throws
    {
        let server = SilentServer()
        let pool = ConnectionPool { () throws(PostgreSQLError) in try server.connect() }
        @Sendable func fails() -> Bool {
            do {
                try pool.use { _ throws(PostgreSQLError) in }
                return false
            } catch {
                return error.message == "nobody answers"
            }
        }
        #expect(fails())
        let begun = Clock.boottimeMilliseconds()
        let failed = try await ExecutionStoreSuite.concurrently(8) { _ in
            (0..<500).allSatisfy { _ in
                usleep(500)
                return fails()
            }
        }
        let elapsed = Clock.boottimeMilliseconds() - begun
        #expect(failed.allSatisfy { $0 })
        let attempts = server.attempts.withLock { $0 }
        #expect(attempts.most == 1)
        // The shortest pause is 250 ms.
        #expect(attempts.all <= 2 + Int(elapsed / 250))
    }

    @Test func `as many connections are made as work at the same time, and kept`() async throws {
        let temporary = try TemporaryStore()
        let store = try temporary.another()
        for _ in 0..<3 {
            _ = try await ExecutionStoreSuite.concurrently(4) { _ in
                for _ in 0..<20 { _ = try store.running(on: "x") }
            }
        }
        let count = try temporary.sql(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE application_name = 'remotisan' AND datname = current_database()
            """)
        // One that has migrated may not be gone yet.
        #expect((1...5).contains(try #require(Int(count))))
    }
}
