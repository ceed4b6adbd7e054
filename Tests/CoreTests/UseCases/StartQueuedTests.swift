import Foundation
import SQLiteStore
import TestSupport
import Testing

@testable import Core

struct StartQueuedTests {
    private static let yaml = """
        roles: { A: { users: [ann@lab] } }
        commands: { allowed: { "one": { roles: [A], run: [/bin/true], max_running: 1, when_full: queue } } }
        """

    @Test func `no file is made for what waits while there is no room`() throws {
        let temporary = try TemporaryStorage()
        let storage = temporary.storage
        let store = try SQLiteStore(path: storage.database)
        try store.migrate()
        let catalogue = Catalogue(try .sample(Self.yaml))
        let launcher = Launcher(
            programs: try .supervisorOnly(in: temporary.directory), storage: storage, configuration: "/none")
        let said = RecordedLog()
        let starting = StartQueued(
            catalogue: catalogue, store: store, storage: storage, launcher: launcher, log: said.logger)
        let (running, waiting) = (JobUUID(), JobUUID())
        let limit = try #require(catalogue["one"]).options.limit
        for uuid in [running, waiting] {
            _ = try store.insert(
                .sample(uuid, server: storage.serverUUID, command: "one", executedAt: Clock.seconds()), limit: limit)
        }

        // Whoever makes its lock now stumbles over this.
        let lock = temporary.files(waiting).lock
        try FileManager.default.createDirectory(atPath: lock, withIntermediateDirectories: false)
        try starting.start()
        #expect(!said.has("queued execution could not be started"))
        _ = try store.settle(running, .sample())
        try starting.start()
        #expect(said.has("queued execution could not be started"))

        try FileManager.default.removeItem(atPath: lock)
        try starting.start()
        try temporary.waitForEnd(of: waiting)
        #expect(try temporary.files(waiting).exitRecord()?.outcome == .code(0))
    }
}
