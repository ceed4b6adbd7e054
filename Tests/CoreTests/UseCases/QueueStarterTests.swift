import Foundation
import Glibc
import Logging
import SQLiteStore
import TestSupport
import Testing

@testable import Core

/// A broker starts queued executions while it does its other work.
struct QueueStarterTests {
    private static let yaml = """
        roles: { A: { users: [ann@lab] } }
        commands:
          allowed:
            "one": { roles: [A], run: [/bin/echo, started], parameters: any, max_running: 1, when_full: queue }
            "long": { roles: [A], run: [/bin/sleep, "600"], parameters: any }
        """

    @Test func `a hanging start does not delay a kill`() async throws {
        let temporary = try TemporaryStorage()
        let storage = temporary.storage
        let store = try SQLiteStore(path: storage.database)
        try store.migrate()
        let configuration = try Configuration.sample(Self.yaml)
        let catalogue = Catalogue(configuration)
        let launcher = Launcher(
            programs: try .supervisorAtGate(in: temporary.directory), storage: storage, configuration: "/none",
            timeout: 3_600_000)

        // A running execution whose job is gone, a queued one whose start will hang, and one to be killed.
        let (gone, queued, long) = (JobUUID(), JobUUID(), JobUUID())
        let one = try #require(catalogue["one"])
        for uuid in [gone, queued] {
            _ = try store.insert(
                .sample(uuid, server: storage.serverUUID, command: "one", executedAt: Clock.seconds()),
                limit: one.options.limit)
        }
        try temporary.makeGate(of: queued)
        let lock = try temporary.files(long).takeLock()
        _ = try store.insert(
            .sample(long, server: storage.serverUUID, command: "long", executedAt: Clock.seconds()), limit: nil)
        let command = try #require(catalogue["long"])
        try launcher.start(long, command, with: Invocation(argv: command.run, line: ""), lock: lock)
        _ = consume lock

        try await onThread {
            let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let starting = StartQueued(
                catalogue: catalogue, store: store, storage: storage, launcher: launcher, log: log)
            let pass = BrokerPass(
                configuration: configuration, catalogue: catalogue, store: store, storage: storage,
                starter: QueueStarter(starting, log: log), log: log)
            try blockUntil("the queued execution is started") {
                try pass.run()
                return try store.execution(queued)?.status == .running
            }
            #expect(try store.requestKill(long, by: "ann@lab"))
            try blockUntil("the long execution is killed") {
                try pass.run()
                return try store.execution(long)?.status == .killed
            }
            #expect(try temporary.files(queued).isLocked())
            #expect(try temporary.files(queued).pidRecord() == nil, "The start still hangs.")

            try temporary.openGate(of: queued)
            try temporary.waitForEnd(of: queued)
            pass.finishStarting()
            try pass.run()
            #expect(try store.execution(queued)?.status == .completed)
        }
    }
}
