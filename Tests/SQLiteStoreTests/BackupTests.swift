import Core
import Foundation
import GRDB
import Glibc
import TestSupport
import Testing

@testable import SQLiteStore

/// Backups of an instance with SQLite, and their restoration.
struct BackupTests {
    let temporary: TemporaryStorage
    let store: SQLiteStore

    var file: String { temporary.directory.path + "/backup" }
    var target: String { temporary.directory.path + "/target" }
    var server: String { temporary.storage.serverUUID }

    init() throws {
        temporary = try TemporaryStorage()
        store = try SQLiteStore(path: temporary.storage.database)
        try store.migrate()
    }

    func backUp(hasLogs: Bool = false, replaces: Bool = false) throws {
        try SQLiteFile().write(
            Backup(of: temporary.storage, to: file, hasLogs: hasLogs, replacesFile: replaces))
    }

    @discardableResult
    func restore(
        into directory: String? = nil, isForced: Bool = false, keepsQueued: Bool = false
    ) throws -> Restore.Outcome {
        try SQLiteFile().restore(
            Restore(
                of: file, into: directory ?? target, logs: nil, isForced: isForced, keepsQueued: keepsQueued))
    }

    func insert(_ uuid: JobUUID = JobUUID(), settled: Settlement? = nil) throws -> JobUUID {
        _ = try store.insert(.sample(uuid, server: server), limit: nil)
        if let settled { _ = try store.settle(uuid, settled) }
        return uuid
    }

    func queue(_ uuid: JobUUID = JobUUID()) throws -> JobUUID {
        _ = try store.insert(.sample(uuid, server: server, command: "queue"), limit: RunningLimit(1, maxQueued: 9))
        return uuid
    }

    func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    func restored(_ directory: String? = nil) throws -> SQLiteStore {
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
            // The one who writes a backup also writes its checksum.
            try db.execute(sql: "DELETE FROM remotisan_backup WHERE key = 'checksum'")
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
}
