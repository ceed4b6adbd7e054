import Foundation
import Logging
import SQLiteStore
import TestSupport
import Testing

@testable import Core

struct LogReadsTests {
    private let temporary: TemporaryStorage
    private let store: SQLiteStore
    private let reads: LogReads

    init() throws {
        temporary = try TemporaryStorage()
        store = try SQLiteStore(path: temporary.storage.directory + "/remotisan.sqlite")
        try store.migrate()
        reads = Self.reads(store, temporary, waits: false)
    }

    private static func reads(_ store: SQLiteStore, _ temporary: TemporaryStorage, waits: Bool) -> LogReads {
        LogReads(
            store: store, storage: temporary.storage, waits: waits,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func person(_ name: String) throws -> Person {
        try #require(
            Person(identifier: name, roles: [], isSuperUser: false, login: Login(.jwt, from: "192.0.2.1")))
    }

    private func entries() throws -> [AuditEntry] {
        try store.auditEntries(of: temporary.storage.serverUUID, after: 0, limit: 1000)
    }

    /// The entries when the thread has appended some.
    private func entries(_ count: Int) async throws -> [AuditEntry] {
        try await waitUntil("\(count) entries") { try entries().count >= count }
        return try entries()
    }

    @Test func `a read is recorded once for a person, an execution and an hour`() async throws {
        let (first, second) = (Execution.sample(), Execution.sample())
        let (bob, eve) = (try person("bob"), try person("eve"))
        for _ in 0..<3 { reads.note(first, by: bob, now: 0) }
        reads.note(second, by: bob, now: LogReads.period - 1)
        reads.note(first, by: eve, now: LogReads.period - 1)
        reads.note(first, by: bob, now: LogReads.period)
        let entries = try await entries(4)
        #expect(entries.map(\.user) == ["bob", "bob", "eve", "bob"])
        #expect(entries.map(\.subject) == [first, second, first, first].map(\.jobUUID))
        #expect(entries[0].details == #"{"owner":"ann@lab"}"#)
        #expect(entries[0].address == "192.0.2.1")
        #expect(entries[0].means == "jwt")
    }

    @Test func `a person who reads very many logs does not fill the store`() async throws {
        let bob = try person("bob")
        for _ in 0..<(LogReads.perPeriod + 50) { reads.note(.sample(), by: bob, now: 0) }
        let entries = try await entries(LogReads.perPeriod + 1)
        #expect(entries.count == LogReads.perPeriod + 1)
        #expect(entries.last?.subject == nil)
        #expect(entries.last?.details == #"{"many":true}"#)
    }

    @Test func `processes that answer one poll each record a read once`() throws {
        let (execution, bob) = (Execution.sample(), try person("bob"))
        for _ in 0..<3 { Self.reads(store, temporary, waits: true).note(execution, by: bob) }
        Self.reads(store, temporary, waits: true).note(execution, by: try person("eve"))
        #expect(try entries().map(\.user) == ["bob", "eve"])
    }
}
