import Core
import Foundation
import GRDB
import Glibc
import TestSupport
import Testing

@testable import SQLiteStore

/// The storage into which a backup is restored, with its earlier store and newer files.
extension BackupTests {
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
        let purging = PurgeHistory(store: restored, storage: storage, by: .test, log: log)
        #expect(try purging.purge(endedBefore: 1_790_000_006) >= 1)
        #expect(access(unknown.log, F_OK) != 0)
        withExtendedLifetime(lock) {}
    }

    @Test func `two stores that are replaced in one second are both kept`() throws {
        _ = try insert()
        try backUp()
        let storage = temporary.storage.directory
        var kept: Set<String> = []
        for _ in 0..<3 { kept.insert(try #require(try restore(into: storage, isForced: true).replaced)) }
        #expect(kept.count == 3)
        for path in kept { #expect(try SQLiteStore(path: path).counts().map(\.count) == [1]) }
    }

    @Test(arguments: [
        "UPDATE remotisan_executions SET command = 'other'", "DELETE FROM remotisan_executions",
        "UPDATE remotisan_backup_parts SET content = x'00' WHERE name = 'secret'",
        "UPDATE remotisan_backup SET value = 1 WHERE key = 'made_at'",
    ])
    func `a backup whose content has changed is not restored`(_ change: String) throws {
        _ = try insert()
        try backUp()
        let file = try DatabaseQueue(path: file)
        try file.write { try $0.execute(sql: change) }
        try file.close()
        let error = try #require(throws: BackupError.self) { try restore() }
        #expect(error.description.contains("its content has changed since it was made"), "\(error)")
        #expect(!FileManager.default.fileExists(atPath: target + "/remotisan.sqlite"))
    }

    @Test func `a backup of an earlier version, without a checksum, is restored`() throws {
        _ = try insert()
        try backUp()
        let file = try DatabaseQueue(path: file)
        try file.write { try $0.execute(sql: "DELETE FROM remotisan_backup WHERE key = 'checksum'") }
        try file.close()
        #expect(try restore().executions == 1)
    }
}
