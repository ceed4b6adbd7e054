import Logging
import SQLiteStore
import TestSupport
import Testing

@testable import Core

struct KillRequestWriterTests {
    private static let otherServer = "99999999-8888-7777-6666-555555555555"

    @Test(arguments: CacheProcess.Kind.allCases)
    func `a kill request is stored, and announced on the list of the job's instance`(
        _ kind: CacheProcess.Kind
    ) throws {
        let server = try CacheProcess(kind)
        let temporary = try TemporaryStorage()
        let store = try SQLiteStore(path: temporary.storage.database)
        try store.migrate()
        let list = kind.list(.unix(server.socket))
        let log = RecordedLog()
        let writer = KillRequestWriter(store: store, storage: temporary.storage, list: list, log: log.logger)
        let uuids = (1...3).map { _ in JobUUID() }
        for uuid in uuids { _ = try store.insert(.sample(uuid, server: Self.otherServer), limit: nil) }

        #expect(try writer.write(uuids[0], on: Self.otherServer, by: "ann@lab"))
        #expect(try store.execution(uuids[0])?.intendedToKillBy == "ann@lab")
        #expect(try list.jobs(on: Self.otherServer) == [uuids[0]])
        #expect(try list.jobs(on: temporary.storage.serverUUID).isEmpty)
        // A second request is not announced.
        try list.remove([uuids[0]], on: Self.otherServer)
        #expect(try !writer.write(uuids[0], on: Self.otherServer, by: "bob@lab"))
        #expect(try list.jobs(on: Self.otherServer).isEmpty)

        server.stop()
        #expect(try writer.write(uuids[1], on: Self.otherServer, by: "ann@lab"))
        #expect(try store.execution(uuids[1])?.intendedToKillBy == "ann@lab")
        #expect(log.count("kill request could not be announced") == 1)
    }
}
