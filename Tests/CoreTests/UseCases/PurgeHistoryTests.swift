import Foundation
import Logging
import SQLiteStore
import TestSupport
import Testing

@testable import Core

struct PurgeHistoryTests {
    @Test(arguments: [(nil, 1200), (700, 700), (0, 0), (5000, 1200)] as [(Int?, Int)])
    func `old executions are removed with their files, up to the limit`(_ limit: Int?, _ removed: Int) throws {
        let temporary = try TemporaryStorage()
        let store = try SQLiteStore(path: temporary.storage.database)
        try store.migrate()
        let uuids = (0..<1200).map { _ in JobUUID() }
        for uuid in uuids {
            _ = try store.insert(.sample(uuid, server: temporary.storage.serverUUID, executedAt: 100), limit: nil)
            _ = try store.settle(uuid, .sample(at: 200))
        }
        for uuid in uuids.prefix(3) {
            try temporary.write("x", to: temporary.files(uuid).log)
            try temporary.write("x", to: temporary.files(uuid).exit)
        }
        let purge = PurgeHistory(
            store: store, storage: temporary.storage, by: .test,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        #expect(try purge.purge(endedBefore: 200) == 0)
        #expect(try purge.purge(endedBefore: 201, limit: limit) == removed)
        #expect(try store.history(.init(visibility: .everything)).total == 1200 - removed)
        if removed > 3 {
            #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.storage.logs).isEmpty)
            #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.storage.jobs).isEmpty)
        }
    }
}
