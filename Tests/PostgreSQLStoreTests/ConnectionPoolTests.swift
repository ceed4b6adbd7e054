import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Core
@testable import PostgreSQLStore

struct ConnectionPoolTests {
    /// A double of a server that does not answer. A real one would require changes of the machine's network.
    private final class SilentServer: Sendable {
        struct Attempts {
            var all = 0
            var concurrent = 0
            var mostConcurrent = 0
        }
        let attempts = Mutex(Attempts())

        func connect() throws(PostgreSQLError) -> Connection {
            attempts.withLock { attempts in
                attempts.all += 1
                attempts.concurrent += 1
                attempts.mostConcurrent = max(attempts.mostConcurrent, attempts.concurrent)
            }
            usleep(50_000)
            attempts.withLock { $0.concurrent -= 1 }
            throw PostgreSQLError("no answer")
        }
    }

    @Test func `one caller at a time tries to connect to a hanging server, after pauses`() async throws {
        let server = SilentServer()
        let pool = ConnectionPool { () throws(PostgreSQLError) in try server.connect() }
        @Sendable func fails() -> Bool {
            do {
                try pool.use { _ throws(PostgreSQLError) in }
                return false
            } catch {
                return error.message == "no answer"
            }
        }
        #expect(fails())
        let start = Clock.boottimeMilliseconds()
        let failed = try await ExecutionStoreSuite.concurrently(8) { _ in
            (0..<500).allSatisfy { _ in
                usleep(500)
                return fails()
            }
        }
        let elapsed = Clock.boottimeMilliseconds() - start
        #expect(failed.allSatisfy { $0 })
        let attempts = server.attempts.withLock { $0 }
        #expect(attempts.mostConcurrent == 1)
        // The shortest pause is 250 ms.
        #expect(attempts.all <= 2 + Int(elapsed / 250))
    }

    @Test func `a pool keeps as many connections as were used concurrently`() async throws {
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
        // The connection of the migration may still exist.
        #expect((1...5).contains(try #require(Int(count))))
    }
}
