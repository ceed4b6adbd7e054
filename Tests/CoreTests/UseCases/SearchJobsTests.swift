import Foundation
import Logging
import TestSupport
import Testing

@testable import Core

/// What a broker does beside its kills, and that it does so after them.
struct SearchJobsTests {
    private static let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test func `a kill is signalled before the directory of the jobs is searched`() async throws {
        try await onThread {
            let site = try KillSite(["sleep": "run: [sleep, '600']"], kill: "{ grace: 30s }")
            let killed = try site.start("sleep")
            #expect(try site.store.requestKill(killed, by: "ann@lab"))
            let lost = JobUUID()
            try site.temporary.write("code 0\nended 1790000001000\n", to: site.temporary.files(lost).exit)
            site.storage.expectLostExecutions()

            try site.settle([killed])
            try blockUntil("the execution that was lost") {
                try site.pass.run()
                return try site.store.execution(lost)?.status == .completed
            }
            let audit = try site.store.auditEntries(of: site.storage.serverUUID, after: 0, limit: 100)
            let signalled = try #require(audit.firstIndex { $0.event == "signalled" })
            let restored = try #require(audit.firstIndex { $0.event == "restored" })
            #expect(signalled < restored)
        }
    }

    @Test func `an execution that was lost is settled in the pass that finds it`() throws {
        let site = try KillSite([:])
        let lost = JobUUID()
        try site.temporary.write("code 7\nended 1790000001000\n", to: site.temporary.files(lost).exit)
        site.storage.expectLostExecutions()
        #expect(try site.pass.run() == 0)
        #expect(try site.row(lost).ending.exitCode == 7)
    }

    @Test func `signals of several people are in the audit, each with its requester`() async throws {
        try await onThread {
            let site = try KillSite(["sleep": "run: [sleep, '600']"], kill: "{ grace: 30s }")
            let uuids = try (0..<6).map { _ in try site.start("sleep") }
            for (number, uuid) in uuids.enumerated() {
                #expect(try site.store.requestKill(uuid, by: number.isMultiple(of: 2) ? "ann@lab" : "bob@lab"))
            }
            try site.settle(uuids)
            let audit = try site.store.auditEntries(of: site.storage.serverUUID, after: 0, limit: 100)
            let signals = Dictionary(
                audit.filter { $0.event == "signalled" }.map { ($0.subject ?? "", $0.user ?? "") }
            ) { first, _ in "twice: \(first)" }
            for (number, uuid) in uuids.enumerated() {
                #expect(signals[uuid.description] == (number.isMultiple(of: 2) ? "ann@lab" : "bob@lab"))
            }
        }
    }

    @Test func `the index of searches is filled only while there is no news`() async throws {
        try await onThread {
            let site = try KillSite([:])
            let rows = 4 * FillSearchIndex.begin
            for _ in 0..<rows { _ = try site.store.insert(.sample(server: "other"), limit: nil) }
            let heartbeat = Heartbeat(
                registry: site.store, configuration: site.configuration.instance, storage: site.storage, log: Self.log)
            let watch = BrokerWatch(
                pass: site.pass, heartbeat: heartbeat, storage: site.storage, store: site.store, log: Self.log)
            var missing: [Int] = []
            _ = try watch.run(for: 600_000) {
                guard case .indexed(let count) = try? site.store.searchState() else { return false }
                missing.append(count)
                // As a kill request does.
                if missing.count <= 3 { site.storage.wakeBroker() }
                return count >= FillSearchIndex.begin
            }
            #expect(missing.prefix(4) == [rows, rows, rows, rows], "Each pass found news, so that nothing was added.")
            #expect(try #require(missing.last) < FillSearchIndex.begin)
        }
    }
}
