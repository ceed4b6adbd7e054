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
}
