import Logging
import SQLiteStore
import TestSupport
import Testing

@testable import Core

struct KillRequestWriterTests {
    private static let elsewhere = "99999999-8888-7777-6666-555555555555"

    @Test(arguments: CacheProcess.Kind.allCases)
    func `a wish goes into the table, and onto the list of the instance that runs the job`(
        _ kind: CacheProcess.Kind
    ) throws {
        let server = try CacheProcess(kind)
        let temporary = try TemporaryStorage()
        let store = try SQLiteStore(path: temporary.storage.database)
        try store.migrate()
        let list = kind.list(.unix(server.socket))
        let said = RecordedLog()
        let wishes = KillRequestWriter(store: store, storage: temporary.storage, list: list, log: said.logger)
        let uuids = (1...3).map { _ in JobUUID() }
        for uuid in uuids { _ = try store.insert(.sample(uuid, server: Self.elsewhere), limit: nil) }

        #expect(try wishes.write(uuids[0], on: Self.elsewhere, by: "ann@lab"))
        #expect(try store.execution(uuids[0])?.intendedToKillBy == "ann@lab")
        #expect(try list.jobs(on: Self.elsewhere) == [uuids[0]])
        #expect(try list.jobs(on: temporary.storage.serverUUID).isEmpty)
        // Whoever comes second wishes nothing.
        try list.remove([uuids[0]], on: Self.elsewhere)
        #expect(try !wishes.write(uuids[0], on: Self.elsewhere, by: "bob@lab"))
        #expect(try list.jobs(on: Self.elsewhere).isEmpty)

        server.stop()
        #expect(try wishes.write(uuids[1], on: Self.elsewhere, by: "ann@lab"))
        #expect(try store.execution(uuids[1])?.intendedToKillBy == "ann@lab")
        #expect(said.count("kill request could not be announced") == 1)
    }
}
