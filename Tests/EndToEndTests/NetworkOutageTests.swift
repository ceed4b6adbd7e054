import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// An instance that is alive but reaches neither the database nor the kill list.
@Suite struct NetworkOutageTests {
    private struct Listed: Decodable {
        struct Entry: Decodable {
            let server_uuid: String
            let name: String
            let is_gone: Bool
            let running: Int?
            let waiting: Int?
        }
        let instances: [Entry]
    }

    private static func entry(_ name: String, _ carol: Visitor) async throws -> Listed.Entry {
        try #require(try await carol.get("/instances").json(Listed.self).instances.first { $0.name == name })
    }

    @Test func `an instance without network runs on alone, is closed by another, and settles its own when it returns`()
        async throws
    {
        let server = try PostgreSQLProcess.shared.get()
        let database = try server.makeDatabase()
        let cache = try CacheProcess(.redis)
        let wires = [
            try Forwarder(to: "\(server.socket)/.s.PGSQL.\(server.port)", as: ".s.PGSQL.5432"),
            try Forwarder(to: cache.socket, as: "redis.sock"),
        ]
        defer { for wire in wires { wire.end() } }
        let far = """
            database: "host=\(wires[0].directory.path) port=5432 user=postgres dbname=\(database)"
            kill_list: "redis+unix://\(wires[1].socket)"
            """
        let near = "database: \"\(server.address(database))\"\nkill_list: \"\(cache.address)\""
        let commands = [
            "single": "roles: [\"*\"], run: [\(Places.fixtures)/await], max_running: 1, when_full: queue"
        ]
        try await Installation.run(["a", "b"], top: { $0 == "a" ? far : near }, goneAfter: "5s", commands: commands) {
            let (one, two) = ($0[0], $0[1])
            let brokers = [try await one.startBroker(), try await two.startBroker()]
            let ann = try await one.person("ann")
            let (carol, there) = (try await two.person("carol"), try await two.person("ann"))
            let before = try await ann.settled(try await ann.start("ends", "3"))
            let continuing = try await ann.start("await", "go 0")
            let ends = try await ann.start("await", "soon 7")
            let requested = try await ann.start("await", "never 0")
            let single = try await ann.start("single", "go 4")
            let waits = try await ann.start("single", "go 5")
            let other = try await there.start("await", "go 0")
            for uuid in [continuing, ends, requested, single] { try await one.untilLogged(uuid, "ready") }
            try await waitUntil("a and b alive") {
                let (a, b) = (try await Self.entry("a", carol), try await Self.entry("b", carol))
                return !a.is_gone && !b.is_gone && a.running == 4 && a.waiting == 1 && b.running == 1 && b.waiting == 0
            }
            let gone = try await Self.entry("a", carol).server_uuid
            let records = try [continuing, ends, requested, single].map { try one.files($0).pidRecord() }
            let files = one.jobFiles

            for wire in wires { wire.become(.frozen) }
            // A kill is requested meanwhile, but the request does not arrive.
            #expect(try await there.kill(requested).status == 200)
            try await waitUntil("a to count as gone") { try await Self.entry("a", carol).is_gone }
            for request in [try await ann.get("/history"), try await ann.post("/execute", ["command": "ends"])] {
                #expect(request.status == 503)
                #expect(request.header("retry-after") == "5")
            }
            try one.touch("soon")
            let record = try one.files(ends)
            try await waitUntil("the end of one of its jobs") { try record.exitRecord() != nil }
            #expect(one.jobFiles.subtracting(files) == ["\(ends).exit"], "Nothing was started there.")

            #expect(try await carol.get("/execute/\(continuing)?offset=0").status == 503)
            #expect(try await carol.post("/instances/\(gone)/close").text == #"{"closed":5}"#)
            for uuid in [continuing, ends, requested, single] {
                let row = try await carol.row(uuid)
                #expect(row.status == .failed)
                #expect(row.reason == "lost: instance a is gone, closed by carol")
            }
            let cancelled = try await carol.row(waits)
            #expect(cancelled.reason == "never started: instance a is gone, closed by carol")
            #expect(try await carol.row(other).status == .running)
            for wire in wires { wire.become(.cut) }
            #expect(try await ann.get("/history").status == 503)
            for case let record? in [records[0], records[2], records[3]] {
                #expect(ProcessTable.isAlive(record.command), "Running jobs continue.")
            }

            for wire in wires { wire.become(.open) }
            let settled = try await carol.settledAgain(ends)
            #expect(settled.status == .failed)
            #expect(settled.exit_code == 7)
            #expect(try await carol.settledAgain(requested).killed_by == "ann", "A kill request outlives the closing.")
            for uuid in [continuing, single] {
                let row = try await carol.row(uuid)
                #expect(row.status == .running)
                #expect(row.reason == nil)
            }
            #expect(try await !Self.entry("a", carol).is_gone)
            #expect(try await carol.row(other).status == .running)
            for installation in [one, two] { try installation.touch("go") }
            #expect(try await carol.settled(continuing).status == .completed)
            #expect(try await carol.settled(other).status == .completed)
            #expect(try await carol.settled(single).exit_code == 4)
            // It would have been started by now.
            try await one.untilAnswering()
            let last = try await ann.start("single", "go 6")
            #expect(try await carol.settled(last).exit_code == 6)
            let after = try await carol.row(waits)
            #expect(after.status == .failed && after.reason == cancelled.reason, "It stays cancelled.")
            #expect(try await carol.row(JobUUID(before.job_uuid) ?? last).exit_code == 3)
            #expect(brokers.allSatisfy { $0.ending == nil })
            #expect(try await carol.get("/history").json(History.self).total == 8, "No execution is lost or doubled.")
            #expect(try server.sql("SELECT sum(executions) FROM remotisan_counted", in: database) == "8")
        }
    }

    @Test func `a kill sends its signals in time even if the database hangs`() async throws {
        let server = try PostgreSQLProcess.shared.get()
        let database = try server.makeDatabase()
        let wire = try Forwarder(to: "\(server.socket)/.s.PGSQL.\(server.port)", as: ".s.PGSQL.5432")
        defer { wire.end() }
        let top = """
            database: "host=\(wire.directory.path) port=5432 user=postgres dbname=\(database)"
            kill: { grace: 1s }
            """
        try await Installation.run(.nginx, SampleConfiguration(top: top)) { installation in
            let broker = try await installation.startBroker()
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("stubborn")
            let supervisor = try await installation.record(uuid).supervisor.pid
            let files = try installation.files(uuid)
            #expect(try await ann.kill(uuid).status == 200)
            try await waitUntil("the first signal") { try files.killRecord()?.steps.isEmpty == false }
            wire.become(.frozen)
            try await installation.untilGone([supervisor], limit: .seconds(60))
            let steps = try #require(try files.killRecord()).steps
            #expect(steps.map(\.signal) == [.terminate, .interrupt, .hangup, .quit, .kill])
            // A statement may take 11 s. The four intervals between the signals are 4 s together.
            let took = try #require(steps.last).at - (try #require(steps.first)).at
            #expect(took < 10_000, "\(took) ms")
            print("Five signals, 1 s apart, while the database hangs: \(took) ms.")
            wire.become(.open)
            #expect(try await ann.settled(uuid, limit: .seconds(60)).killed_by == "ann")
            #expect(broker.ending == nil)
        }
    }
}

extension Visitor {
    /// The row of a closed execution after its own instance has reopened and settled it.
    fileprivate func settledAgain(_ uuid: JobUUID) async throws -> Row {
        try await waitFor("the end of \(uuid), as its instance settles it", limit: .seconds(60)) {
            let row = try await row(uuid)
            return row.status?.isEnded == true && row.reason == nil ? row : nil
        }
    }
}
