import Core
import Foundation
import GRDB
import Glibc
import TestSupport
import Testing

@testable import SQLiteStore

/// Backups of an instance with SQLite, and their restoration.
struct BackupTests {
    private let temporary: TemporaryStorage
    private let store: SQLiteStore

    private var file: String { temporary.directory.path + "/backup" }
    private var target: String { temporary.directory.path + "/target" }
    private var server: String { temporary.storage.serverUUID }

    init() throws {
        temporary = try TemporaryStorage()
        store = try SQLiteStore(path: temporary.storage.database)
        try store.migrate()
    }

    private func backUp(hasLogs: Bool = false, replaces: Bool = false) throws {
        try SQLiteFile().write(
            Backup(of: temporary.storage, to: file, hasLogs: hasLogs, replacesFile: replaces))
    }

    @discardableResult
    private func restore(
        into directory: String? = nil, isForced: Bool = false, keepsQueued: Bool = false
    ) throws -> Restore.Outcome {
        try SQLiteFile().restore(
            Restore(
                of: file, into: directory ?? target, logs: nil, isForced: isForced, keepsQueued: keepsQueued))
    }

    private func insert(_ uuid: JobUUID = JobUUID(), settled: Settlement? = nil) throws -> JobUUID {
        _ = try store.insert(.sample(uuid, server: server), limit: nil)
        if let settled { _ = try store.settle(uuid, settled) }
        return uuid
    }

    private func queue(_ uuid: JobUUID = JobUUID()) throws -> JobUUID {
        _ = try store.insert(.sample(uuid, server: server, command: "queue"), limit: RunningLimit(1, maxQueued: 9))
        return uuid
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    private func restored(_ directory: String? = nil) throws -> SQLiteStore {
        try SQLiteStore(path: (directory ?? target) + "/remotisan.sqlite")
    }

    @Test func `a backup while the store is open has every execution, the UUID, the secret, the records and the logs`()
        throws
    {
        // These rows stand in the write-ahead log, not in the file.
        let uuids = try (0..<20).map { _ in try insert(settled: .sample()) }
        let files = temporary.files(uuids[0])
        let log = String(repeating: "line\n", count: 500_000)
        try temporary.write(log, to: files.log)
        try temporary.write("code 0\nended 1\n", to: files.exit)
        try temporary.write("by x\nstarted 1\nboot b\n", to: files.kill)
        try backUp(hasLogs: true)
        #expect(try mode(file) == 0o600)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: temporary.directory.path).sorted() == [
                "backup", "storage",
            ])

        let outcome = try restore()
        #expect(outcome.executions == 20)
        #expect(outcome.replaced == nil)
        #expect(outcome.unknown.isEmpty)
        let storage = try Storage(at: target)
        #expect(storage.serverUUID == server)
        #expect(storage.secret == temporary.storage.secret)
        #expect(try mode(target + "/secret") == 0o600)
        let copy = JobFiles(uuids[0], in: storage)
        #expect(try String(contentsOfFile: copy.log, encoding: .utf8) == log)
        #expect(try String(contentsOfFile: copy.exit, encoding: .utf8) == "code 0\nended 1\n")
        #expect(access(copy.kill, F_OK) == 0)
        let again = try restored()
        #expect(try again.migrate().isEmpty)
        for uuid in uuids { #expect(try again.execution(uuid) == store.execution(uuid)) }
        let leftovers = try FileManager.default.contentsOfDirectory(atPath: target).filter {
            $0.hasSuffix(".new") || $0.contains("restoring")
        }
        #expect(leftovers.isEmpty)
        let hasParts = try again.read { db in try db.tableExists("remotisan_backup_parts") }
        #expect(!hasParts)
    }

    @Test func `logs are left out unless they are asked for`() throws {
        let uuid = try insert(settled: .sample())
        try temporary.write("x\n", to: temporary.files(uuid).log)
        try backUp()
        try restore()
        #expect(access(JobFiles(uuid, in: try Storage(at: target)).log, F_OK) != 0)
    }

    @Test func `the hole of a log stays a hole`() throws {
        let uuid = try insert(settled: .sample())
        let log = temporary.files(uuid).log
        let file = try Descriptor(opening: log, O_RDWR | O_CREAT)
        try file.write(Array("begin".utf8), to: log)
        #expect(ftruncate(file.rawValue, 64 << 20) == 0)
        #expect(lseek(file.rawValue, 0, SEEK_END) == 64 << 20)
        try file.write(Array("end".utf8), to: log)
        try backUp(hasLogs: true)
        #expect(try #require(FileStatus(ofPath: self.file)).size < 4 << 20)
        try restore()
        let copy = try #require(FileStatus(ofPath: JobFiles(uuid, in: try Storage(at: target)).log))
        #expect(copy.size == 64 << 20 + 3)
        #expect(copy.allocated < 4 << 20)
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: JobFiles(uuid, in: try Storage(at: target)).log))
                == Data(contentsOf: URL(fileURLWithPath: log)))
    }

    @Test func `an existing file is replaced only if that is asked for`() throws {
        try temporary.write("mine", to: file)
        #expect(throws: BackupError.exists(file)) { try backUp() }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
        try backUp(replaces: true)
        try restore()
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: temporary.directory.path).sorted() == [
                "backup", "storage", "target",
            ])
    }

    @Test func `a backup during writes is consistent`() async throws {
        let store = store
        let server = server
        let written = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    try await onThread {
                        for _ in 0..<100 { _ = try store.insert(.sample(server: server), limit: nil) }
                        return 100
                    }
                }
            }
            group.addTask { [self] in
                try await onThread {
                    for _ in 0..<5 { try backUp(replaces: true) }
                    return 0
                }
            }
            return try await group.reduce(0, +)
        }
        try backUp(replaces: true)
        #expect(try restore().executions == written)
        #expect(try restored().counts().map(\.count) == [written])
    }

    @Test(arguments: ["", "text", "SQLite format 3\u{0}broken"])
    func `a file that is no backup is refused, and nothing is touched`(_ content: String) throws {
        try temporary.write(content, to: file)
        #expect(throws: BackupError.self) { try restore() }
        #expect(access(target, F_OK) != 0)
    }

    @Test func `a damaged, incomplete or foreign database is refused`() throws {
        try backUp()
        let good = try Data(contentsOf: URL(fileURLWithPath: file))
        func expectRefusal(_ change: (Database) throws -> Void) throws {
            try good.write(to: URL(fileURLWithPath: file))
            let queue = try DatabaseQueue(path: file)
            try queue.write(change)
            try queue.close()
            #expect(throws: BackupError.self) { try restore() }
        }
        try expectRefusal { try $0.execute(sql: "DELETE FROM remotisan_backup WHERE key = 'complete'") }
        try expectRefusal { try $0.execute(sql: "UPDATE remotisan_backup SET value = 99 WHERE key = 'format'") }
        try expectRefusal { try $0.execute(sql: "DROP TABLE remotisan_backup") }
        try expectRefusal { try $0.execute(sql: "DELETE FROM remotisan_backup_files WHERE name = 'secret'") }
        try good.prefix(good.count / 2).write(to: URL(fileURLWithPath: file))
        #expect(throws: BackupError.self) { try restore() }
        #expect(access(target, F_OK) != 0)
    }

    @Test func `a name in a backup cannot lead out of the storage`() throws {
        try backUp()
        let queue = try DatabaseQueue(path: file)
        try queue.write { db in
            for name in ["../evil", "jobs/../../evil", "/tmp/evil", "jobs/evil.exit", "logs/x.log", "secret/x"] {
                try db.execute(sql: "INSERT INTO remotisan_backup_files VALUES (?, 4)", arguments: [name])
                try db.execute(sql: "INSERT INTO remotisan_backup_parts VALUES (?, 0, 'evil')", arguments: [name])
            }
        }
        try queue.close()
        try restore()
        #expect(try FileManager.default.contentsOfDirectory(atPath: target + "/jobs").isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: target + "/logs").isEmpty)
        #expect(access(temporary.directory.path + "/evil", F_OK) != 0)
    }

    @Test func `a storage with content is kept unless it is forced, and its store is kept beside`() throws {
        _ = try insert()
        try backUp()
        _ = try insert()
        let storage = temporary.storage.directory
        #expect(throws: BackupError.self) { try restore(into: storage) }
        #expect(try store.counts().map(\.count) == [2])
        let outcome = try restore(into: storage, isForced: true)
        #expect(outcome.executions == 1)
        #expect(try restored(storage).counts().map(\.count) == [1])
        let replaced = try #require(outcome.replaced)
        #expect(try SQLiteStore(path: replaced).counts().map(\.count) == [2])
    }

    @Test func `a damaged store can be replaced`() throws {
        _ = try insert()
        try backUp()
        let storage = try Storage(at: target)
        try temporary.write("broken", to: storage.database)
        try temporary.write("broken", to: storage.database + "-wal")
        #expect(try restore(isForced: true).executions == 1)
        #expect(try restored().counts().map(\.count) == [1])
    }

    @Test func `nothing is restored while a responder, a broker or a job runs`() throws {
        try backUp()
        let storage = temporary.storage
        var responder: HeldResponderLock? = try HeldResponderLock(storage)
        #expect(throws: BackupError.self) { try restore(into: storage.directory, isForced: true) }
        withExtendedLifetime(responder) {}
        responder = nil
        let uuid = try insert()
        let job = try HeldLock(temporary.files(uuid))
        #expect(throws: BackupError.self) { try restore(into: storage.directory) }
        try restore(into: storage.directory, isForced: true)
        withExtendedLifetime(job) {}
    }

    @Test func `no responder starts while a backup is restored`() throws {
        try backUp()
        try Restore(of: file, into: target, logs: nil, isForced: false, keepsQueued: false).withStorage { storage in
            #expect(throws: SystemError.self) { try HeldResponderLock(storage) }
            #expect(storage.isBrokerWatching)
        }
        _ = try HeldResponderLock(try Storage(at: target))
    }

    // MARK: An older store with newer files, and the reverse

    @Test func `queued executions of an older store never start again`() throws {
        _ = try store.insert(.sample(server: server, command: "queue"), limit: nil)
        let ran = try queue()
        let waiting = try queue()
        try backUp()
        // It has run since.
        try temporary.write("code 3\nended 1790000005000\nended_boottime 10\nboot b\n", to: temporary.files(ran).exit)
        let outcome = try restore(into: temporary.storage.directory, isForced: true)
        #expect(outcome.ran == 1)
        #expect(outcome.cancelled == 1)
        let restored = try restored(temporary.storage.directory)
        #expect(try restored.execution(ran)?.status == .running)
        let cancelled = try #require(try restored.execution(waiting))
        #expect(cancelled.status == .failed)
        #expect(cancelled.ending.reason?.contains("restored from a backup") == true)
    }

    @Test func `queued executions stay queued if that is asked for`() throws {
        _ = try store.insert(.sample(server: server, command: "queue"), limit: nil)
        let waiting = try queue()
        try backUp()
        let outcome = try restore(keepsQueued: true)
        #expect(outcome.cancelled == 0)
        #expect(try restored().execution(waiting)?.status == .queued)
    }

    @Test func `executions are settled by newer files`() throws {
        let log = RecordedLog().logger
        let ended = try insert()
        let running = try insert()
        let vanished = try insert()
        try backUp()
        let storage = temporary.storage
        try temporary.write("code 3\nended 1790000005000\nended_boottime 10\nboot b\n", to: temporary.files(ended).exit)
        let lock = try HeldLock(temporary.files(running))
        // Newer than the backup.
        let unknown = temporary.files(JobUUID())
        try temporary.write("code 0\nended 1790000005000\nended_boottime 10\nboot b\n", to: unknown.exit)
        try temporary.write("output\n", to: unknown.log)
        let outcome = try restore(into: storage.directory, isForced: true)
        #expect(outcome.unknown == [unknown.uuid])

        let restored = try restored(storage.directory)
        let settling = SettleExecutions(store: restored, storage: storage, log: log)
        #expect(try settling.settle(ended))
        #expect(try !settling.settle(running))
        #expect(try settling.settle(vanished))
        #expect(try restored.execution(ended)?.ending.exitCode == 3)
        #expect(try restored.execution(running)?.status == .running)
        #expect(try restored.execution(vanished)?.ending.isLost == true)
        #expect(try restored.execution(unknown.uuid) == nil, "Nothing is invented.")
        for path in [unknown.exit, unknown.log] { utimes(path, [timeval(), timeval()]) }
        try RemoveOrphanedFiles(store: restored, storage: storage, log: log).remove(limit: 10)
        try RemoveOrphanedFiles(store: restored, storage: storage, log: log).remove(endedBefore: 1_790_000_004)
        #expect(access(unknown.log, F_OK) == 0)
        let adopted = try #require(try restored.execution(unknown.uuid))
        #expect(adopted.isRestored)
        #expect(try settling.settle(unknown.uuid))
        #expect(try restored.execution(unknown.uuid)?.status == .completed)
        let purging = PurgeHistory(store: restored, storage: storage, log: log)
        #expect(try purging.purge(endedBefore: 1_790_000_006) >= 1)
        #expect(access(unknown.log, F_OK) != 0)
        withExtendedLifetime(lock) {}
    }
}
