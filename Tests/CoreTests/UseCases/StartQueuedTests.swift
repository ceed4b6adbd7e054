import Foundation
import SQLiteStore
import TestSupport
import Testing

@testable import Core

struct StartQueuedTests {
    private static let yaml = """
        roles: { A: { users: [ann@lab] } }
        commands: { allowed: { "one": { roles: [A], run: [/bin/true], parameters: any, max_running: 1, when_full: queue } } }
        """

    @Test func `a queued execution has no files until it can start`() throws {
        let temporary = try TemporaryStorage()
        let storage = temporary.storage
        let store = try SQLiteStore(path: storage.database)
        try store.migrate()
        let catalogue = Catalogue(try .sample(Self.yaml))
        let launcher = Launcher(
            programs: try .supervisorOnly(in: temporary.directory), storage: storage, configuration: "/none")
        let log = RecordedLog()
        let starting = StartQueued(
            catalogue: catalogue, store: store, storage: storage, launcher: launcher, log: log.logger)
        let (running, queued) = (JobUUID(), JobUUID())
        let limit = try #require(catalogue["one"]).options.limit
        for uuid in [running, queued] {
            _ = try store.insert(
                .sample(uuid, server: storage.serverUUID, command: "one", executedAt: Clock.seconds()), limit: limit)
        }

        // Creating the lock fails because of this directory.
        let lock = temporary.files(queued).lock
        try FileManager.default.createDirectory(atPath: lock, withIntermediateDirectories: false)
        try starting.start()
        #expect(!log.has("queued execution could not be started"))
        _ = try store.settle(running, .sample())
        try starting.start()
        #expect(log.has("queued execution could not be started"))

        try FileManager.default.removeItem(atPath: lock)
        try starting.start()
        try temporary.waitForEnd(of: queued)
        #expect(try temporary.files(queued).exitRecord()?.outcome == .code(0))
    }

    @Test func `a queued execution whose client was told of an error does not start`() throws {
        let temporary = try TemporaryStorage()
        let storage = temporary.storage
        let store = try SQLiteStore(path: storage.database)
        try store.migrate()
        let catalogue = Catalogue(try .sample(Self.yaml))
        let launcher = Launcher(
            programs: try .supervisorOnly(in: temporary.directory), storage: storage, configuration: "/none")
        let log = RecordedLog()
        let starting = StartQueued(
            catalogue: catalogue, store: store, storage: storage, launcher: launcher, log: log.logger)
        let limit = try #require(catalogue["one"]).options.limit
        let (running, queued) = (JobUUID(), JobUUID())
        for uuid in [running, queued] {
            _ = try store.insert(.sample(uuid, server: storage.serverUUID, command: "one"), limit: limit)
        }
        let files = temporary.files(queued)
        let lock = try files.takeLock()
        // The storage is moved and comes back.
        let away = temporary.directory.path + "/away"
        try FileManager.default.moveItem(atPath: storage.directory, toPath: away)
        files.refuseStart(lock)
        try FileManager.default.moveItem(atPath: away, toPath: storage.directory)
        _ = consume lock
        #expect(files.isStartRefused)
        _ = try store.settle(running, .sample())
        try starting.start()
        #expect(!log.has("queued execution started"))
        #expect(try store.execution(queued)?.status == .failed)
        #expect(try store.execution(queued)?.ending.reason?.contains("the start was refused") == true)
    }

    @Test func `a queued execution whose files show that it has run is settled by them and does not start`() throws {
        let temporary = try TemporaryStorage()
        let storage = temporary.storage
        let store = try SQLiteStore(path: storage.database)
        try store.migrate()
        let catalogue = Catalogue(try .sample(Self.yaml))
        let launcher = Launcher(
            programs: try .supervisorOnly(in: temporary.directory), storage: storage, configuration: "/none")
        let log = RecordedLog()
        let starting = StartQueued(
            catalogue: catalogue, store: store, storage: storage, launcher: launcher, log: log.logger)
        let limit = try #require(catalogue["one"]).options.limit
        let (running, queued) = (JobUUID(), JobUUID())
        for uuid in [running, queued] {
            _ = try store.insert(.sample(uuid, server: storage.serverUUID, command: "one"), limit: limit)
        }
        _ = try store.settle(running, .sample())
        // An older store was restored: there the execution is still queued.
        let record = "code 3\nended 1790000005000\nended_boottime 10\nran_ms 5000\nboot b\n"
        try temporary.write(record, to: temporary.files(queued).exit)
        try starting.start()
        #expect(log.has("a queued execution has run before"))
        #expect(!log.has("queued execution started"))
        #expect(try SettleExecutions(store: store, storage: storage, log: log.logger).settle(queued))
        #expect(try store.execution(queued)?.ending.exitCode == 3)
        #expect(try String(contentsOfFile: temporary.files(queued).exit, encoding: .utf8) == record)
    }
}
