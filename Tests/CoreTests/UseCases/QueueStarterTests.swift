import Foundation
import Glibc
import Logging
import SQLiteStore
import TestSupport
import Testing

@testable import Core

/// What waits is started beside everything else that a broker does.
struct QueueStarterTests {
    private static let yaml = """
        roles: { A: { users: [ann@lab] } }
        commands:
          allowed:
            "one": { roles: [A], run: [/bin/echo, begun], max_running: 1, when_full: queue }
            "long": { roles: [A], run: [/bin/sleep, "600"] }
        """

    @Test func `no kill waits for a start that hangs`() async throws {
        let temporary = try TemporaryStorage()
        let storage = temporary.storage
        let store = try SQLiteStore(path: storage.database)
        try store.migrate()
        let configuration = try Configuration.sample(Self.yaml)
        let catalogue = Catalogue(configuration)
        let launcher = Launcher(
            programs: try .supervisorOnly(in: temporary.directory), storage: storage, configuration: "/none",
            timeout: 3_600_000)

        // One whose job is gone, one that waits for its place and will hang at its log, and one to be killed.
        let (gone, waiting, long) = (JobUUID(), JobUUID(), JobUUID())
        let one = try #require(catalogue["one"])
        for uuid in [gone, waiting] {
            _ = try store.insert(
                .sample(uuid, server: storage.serverUUID, command: "one", executedAt: Clock.seconds()),
                limit: one.options.limit)
        }
        #expect(mkfifo(temporary.files(waiting).log, 0o640) == 0)
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
            try blockUntil("it is being started") {
                try pass.run()
                return try store.execution(waiting)?.status == .running
            }
            #expect(try store.requestKill(long, by: "ann@lab"))
            try blockUntil("the other is killed") {
                try pass.run()
                return try store.execution(long)?.status == .killed
            }
            #expect(try temporary.files(waiting).isLocked())
            #expect(try temporary.files(waiting).pidRecord() == nil, "Its start hangs still.")

            // Whoever reads the pipe lets it go on.
            #expect(try temporary.readPipe(temporary.files(waiting).log) == "begun\n")
            try temporary.waitForEnd(of: waiting)
            pass.finishStarting()
            try pass.run()
            #expect(try store.execution(waiting)?.status == .completed)
        }
    }
}
