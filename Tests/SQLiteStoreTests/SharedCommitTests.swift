import Core
import Dispatch
import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing

@testable import SQLiteStore

/// Writes of several threads that wait for the same turn.
struct SharedCommitTests {
    private let temporary: TemporaryStore
    private let writers = WriterQueue()
    private let store: SQLiteStore

    init() throws {
        temporary = try TemporaryStore()
        store = try SQLiteStore(path: temporary.path, writers: writers)
    }

    @Test func `writes that wait are committed together, and one that fails fails alone`() throws {
        let before = try commits()
        let results = Mutex<[Result<Void, any Error>]>([])
        try whileWriting {
            for number in 1...6 {
                onThread {
                    let result = Result {
                        guard number == 4 else { return _ = try store.insert(.sample(JobUUID()), limit: nil) }
                        try store.write { db in
                            try db.execute(
                                sql: "DELETE FROM remotisan_executions; INSERT INTO remotisan_nowhere VALUES (1)")
                        }
                    }
                    results.withLock { $0.append(result) }
                }
            }
            try wait { writers.waiting == 6 }
        }
        try wait { results.withLock { $0.count } == 6 }
        #expect(results.withLock { $0.count { (try? $0.get()) != nil } } == 5)
        #expect(try store.running(on: Execution.sample(JobUUID()).serverUUID).count == 5)
        #expect(try commits() == before + 1)
    }

    @Test func `a failure of the whole transaction is the answer to each write`() throws {
        let results = Mutex<[Bool]>([])
        try whileWriting {
            for number in 1...4 {
                onThread {
                    let result: Result<Void, any Error> = Result {
                        try store.write { db in
                            try db.execute(sql: "INSERT INTO remotisan_migrations VALUES ('\(number)', 1)")
                            // As SQLite does if the disk is full.
                            if number == 3 { try db.execute(sql: "ROLLBACK") }
                        }
                    }
                    results.withLock { $0.append((try? result.get()) != nil) }
                }
            }
            try wait { writers.waiting == 4 }
        }
        try wait { results.withLock { $0.count } == 4 }
        #expect(results.withLock { $0 } == [false, false, false, false])
    }

    /// Runs `body` while a thread has the turn.
    private func whileWriting(_ body: () throws -> Void) throws {
        let (begun, end) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        onThread {
            try? store.write { _ in
                begun.signal()
                end.wait()
            }
        }
        begun.wait()
        defer { end.signal() }
        try body()
    }

    private func onThread(_ body: @escaping @Sendable () -> Void) {
        Thread(block: body).start()
    }

    private func wait(until condition: () -> Bool) throws {
        let deadline = Clock.boottimeMilliseconds() + 30_000
        while !condition() {
            try #require(Clock.boottimeMilliseconds() < deadline)
            usleep(1000)
        }
    }

    /// The number of commits in the write-ahead log: the frames with the size of the database
    /// (https://www.sqlite.org/fileformat2.html, 4.1).
    private func commits() throws -> Int {
        let log = try Data(contentsOf: URL(fileURLWithPath: temporary.path + "-wal"))
        let page = 4096
        return stride(from: 32, to: log.count, by: 24 + page).count { start in
            log[(start + 4)..<(start + 8)].contains { $0 != 0 }
        }
    }
}
