import Core
import Foundation
import GRDB
import Glibc
import SQLStore
import Synchronization
import TestSupport
import Testing

@testable import SQLiteStore

/// What `GET /health` says about a SQLite store.
struct VerifyTests {
    private let temporary: TemporaryStore
    private var store: SQLiteStore { temporary.store }
    private var path: String { temporary.path }

    init() throws {
        temporary = try TemporaryStore()
        for _ in 1...40 { _ = try store.insert(.sample(JobUUID()), limit: nil) }
    }

    private func problem() -> StoreProblem? {
        do throws(StoreError) {
            try store.verify()
        } catch {
            if case .unusable(let problem, _) = error { return problem }
        }
        return nil
    }

    @Test func `a store in order has no problem`() throws {
        try store.verify()
        #expect(!store.isReplaced)
    }

    @Test func `a missing table and a newer schema are found`() throws {
        try store.write { try $0.execute(sql: "INSERT INTO remotisan_migrations VALUES ('99 of tomorrow', 1)") }
        #expect(problem() == .newerSchema)
        try store.write { try $0.execute(sql: "DROP TABLE remotisan_refusals") }
        #expect(problem() == .missingTable)
    }

    @Test(arguments: [0, KnownDamage.interval])
    func `damage is found by a request, and checked again at most once a minute`(_ interval: Int64) throws {
        // Everything is in the database then, and nothing in the log.
        try DatabaseQueue(path: path).writeWithoutTransaction {
            try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
        let file = try Descriptor(opening: path, O_RDWR)
        let root = try store.read { db in
            try Int.fetchOne(db, sql: "SELECT rootpage FROM sqlite_schema WHERE name = 'remotisan_executions'")
        }
        let garbage = [UInt8](repeating: 0x5A, count: 4096)
        let offset = (try #require(root) - 1) * garbage.count
        let page = try file.read(garbage.count, at: Int64(offset), of: path)
        #expect(garbage.withUnsafeBytes { pwrite(file.rawValue, $0.baseAddress, $0.count, off_t(offset)) } == 4096)
        let another = try SQLiteStore(path: path, writers: WriterQueue(), damage: KnownDamage(interval: interval))
        let error = #expect(throws: StoreError.self) { _ = try another.history(HistoryQuery(visibility: .everything)) }
        guard case .unusable(.malformed, let words) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(another.damageCheckedAt == nil)
        let checked = #expect(throws: StoreError.self) { try another.verify() }
        guard case .unusable(.malformed, let detail) = checked else {
            Issue.record("\(String(describing: checked))")
            return
        }
        #expect(detail.hasPrefix(words + " (the whole database was checked at 20"), "\(detail)")
        #expect(another.damageCheckedAt != nil)
        // A disk that has failed once.
        #expect(page.withUnsafeBytes { pwrite(file.rawValue, $0.baseAddress, $0.count, off_t(offset)) } == 4096)
        // The reader forgets the page that it has read.
        _ = try store.insert(.sample(JobUUID()), limit: nil)
        if interval > 0 {
            // The repair is not seen, because the database is not checked again.
            #expect(throws: StoreError.self) { try another.verify() }
            return
        }
        try another.verify()
        #expect(another.damageCheckedAt == nil)
        _ = try another.history(HistoryQuery(visibility: .everything))
    }

    @Test(arguments: ["", "-wal", "-shm"])
    func `a file that is removed or replaced is found before a write`(_ end: String) throws {
        let path = path + end
        #expect(rename(path, path + ".aside") == 0)
        #expect(store.isReplaced)
        #expect(problem() == .replaced)
        #expect(throws: StoreError.self) { try store.insert(.sample(JobUUID()), limit: nil) }
        try Data().write(to: URL(fileURLWithPath: path))
        #expect(problem() == .replaced)
        #expect(throws: StoreError.self) { try store.insert(.sample(JobUUID()), limit: nil) }
        unlink(path)
        #expect(rename(path + ".aside", path) == 0)
        try store.verify()
        _ = try store.insert(.sample(JobUUID()), limit: nil)
    }

    @Test func `the log of an earlier database is set aside`() throws {
        let backup = path + ".copy"
        try DatabaseQueue(path: path).backup(to: DatabaseQueue(path: backup))
        let late = JobUUID()
        _ = try store.insert(.sample(late), limit: nil)
        #expect(rename(backup, path) == 0)
        let another = try SQLiteStore(path: path)
        #expect(try another.execution(late) == nil)
        #expect(another.isAnother)
        #expect(try another.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
        let names = try FileManager.default.contentsOfDirectory(atPath: temporary.directory.path)
        #expect(names.contains { $0.hasPrefix("remotisan.sqlite-wal.replaced-") }, "\(names)")
    }

    @Test func `a database that is moved with its log keeps its last changes`() throws {
        let late = JobUUID()
        _ = try store.insert(.sample(late), limit: nil)
        let moved = temporary.directory.path + "/moved"
        mkdir(moved, 0o750)
        for end in ["", "-wal", "-place"] {
            try FileManager.default.copyItem(atPath: path + end, toPath: moved + "/remotisan.sqlite" + end)
        }
        let another = try SQLiteStore(path: moved + "/remotisan.sqlite")
        #expect(try another.execution(late) != nil)
    }

    @Test func `closing the connections of a replaced database leaves the new one its log`() throws {
        let path = temporary.directory.path + "/other.sqlite"
        var old: SQLiteStore? = try SQLiteStore(path: path)
        try old?.migrate()
        for end in ["", "-wal", "-shm"] { unlink(path + end) }
        let new = try SQLiteStore(path: path)
        try new.migrate()
        let uuid = JobUUID()
        _ = try new.insert(.sample(uuid), limit: nil)
        #expect(old != nil)
        old = nil
        #expect(!new.isReplaced)
        #expect(try SQLiteStore(path: path).execution(uuid) != nil)
    }

    @Test func `writers of one process wait together no longer than one of them`() throws {
        let writers = WriterQueue(timeout: 1000)
        let impatient = try SQLiteStore(path: path, writers: writers)
        let lock = try SQLiteStore(path: path)
        try lock.write { _ in
            let failures = Mutex<[StoreError]>([])
            let begun = Clock.boottimeMilliseconds()
            DispatchQueue.concurrentPerform(iterations: 8) { _ in
                do throws(StoreError) {
                    _ = try impatient.insert(.sample(JobUUID()), limit: nil)
                } catch {
                    failures.withLock { $0.append(error) }
                }
            }
            #expect(failures.withLock { $0.count } == 8)
            // One after the other they would wait 8 s; together 1 s, and 0.1 s for each that got its turn.
            #expect(Clock.boottimeMilliseconds() - begun < 7000)
        }
        _ = try impatient.insert(.sample(JobUUID()), limit: nil)
    }
}
