import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// PostgreSQL fails over to a real standby that followed by streaming replication.
@Suite struct FailoverTests {
    /// A server, its standby, and a database that both have.
    fileprivate struct Pair {
        let primary: PostgreSQLProcess
        let standby: PostgreSQLProcess
        let database: String

        init(isSynchronous: Bool) throws {
            primary = try PostgreSQLProcess()
            database = try primary.makeDatabase()
            standby = try primary.makeStandby(isSynchronous: isSynchronous)
        }

        /// An installation that knows both servers. `once` appends its UUID to a file, so that each run is counted.
        var sample: SampleConfiguration {
            SampleConfiguration(
                top: """
                    kill: { grace: 300ms }
                    database: "host=\(primary.socket),\(standby.socket) port=\(primary.port),\(standby.port) \
                    user=postgres dbname=\(database) target_session_attrs=read-write"
                    """,
                commands: [
                    "once": "roles: [\"*\"], run: [sh, -c, 'echo $REMOTISAN_JOB_UUID >> ran; echo done']",
                    "next": """
                    roles: ["*"], max_running: 1, when_full: queue, \
                    run: [sh, -c, 'echo $REMOTISAN_JOB_UUID >> ran; until [ -e end ]; do sleep 0.1; done']
                    """,
                ])
        }
    }

    /// The UUIDs of the jobs that have run, once for each run.
    private static func runs(_ installation: Installation) -> [String] {
        String(decoding: ProcessFacts.read(installation.work + "/ran"), as: UTF8.self).split(separator: "\n")
            .map(String.init)
    }

    @Test(arguments: [true, false])
    func `a failover loses no answered start, and repeats none`(_ isSynchronous: Bool) async throws {
        let pair = try Pair(isSynchronous: isSynchronous)
        try await Installation.run(.nginx, pair.sample) { installation in
            let broker = try await installation.startBroker()
            let ann = try await installation.person("ann")
            let running = try await ann.start("await", "go 3")
            let endless = try await ann.start("stubborn", "pids")
            try await installation.untilLogged(running, "ready")
            let pids = try await installation.pids(in: "pids")
            // One execution runs, and the standby believes that the other one is still queued.
            let (first, second) = (try await ann.start("next"), try await ann.start("next"))
            let (clients, clientCount) = (StartingClients("once"), 4)
            try await withThrowingTaskGroup { group in
                for _ in 1...clientCount { group.addTask { try await clients.run(ann) } }
                try await waitUntil("starts before the failover") { clients.uuids.count >= 20 }
                if !isSynchronous {
                    try pair.standby.stopFollowing()
                    let known = clients.uuids.count
                    try installation.touch("end")
                    _ = try await ann.settled(second)
                    // Each client may wait for the answer to one start that the standby still received.
                    try await waitUntil("starts that the standby lacks") {
                        clients.uuids.count >= known + clientCount + 20
                    }
                }
                pair.primary.stop(SIGKILL)
                try await waitUntil("refused starts") { clients.refusals.count >= 3 }
                // The database is down, and the standby is not promoted yet.
                let killed = try await installation.broker("kill", "\(endless)", "--by", "ops")
                #expect(killed.status == 0, "\(killed.errors)")
                try await installation.untilGone(pids)
                try pair.standby.promote()
                let known = clients.uuids.count
                try await waitUntil("starts after the failover") { clients.uuids.count >= known + 20 }
                clients.end()
                try await group.waitForAll()
            }
            for file in ["go", "end"] { try installation.touch(file) }
            #expect(clients.refusals.allSatisfy { $0.status == 503 && $0.header("retry-after") == "5" })

            // The search for lost executions follows the outage, so a pass or two find all of them.
            let answered = clients.uuids + [running, endless, first, second]
            try await waitUntil("the end of all executions") {
                try pair.standby.sql(
                    "SELECT count(*) FROM remotisan_executions WHERE process_status IN (1, 5)", in: pair.database)
                    == "0"
                    && pair.rows.isSuperset(of: answered.map(\.description))
            }
            let runs = Self.runs(installation)
            #expect(Set(runs).count == runs.count, "A job has run twice.")
            let rows = try pair.rows
            #expect(Set(runs).isSubset(of: rows), "A job has run that is not in the store.")
            let expected = Set((clients.uuids + [first, second]).map(\.description))
            #expect(expected.isSubset(of: runs), "An answered start has not run.")
            let restored = try pair.standby.sql(
                "SELECT count(*) FROM remotisan_executions WHERE restored = 1", in: pair.database)
            if isSynchronous { #expect(restored == "0") } else { #expect(try #require(Int(restored)) >= 20) }
            print("Failover: \(clients.uuids.count) answered, \(clients.refusals.count) refused, \(restored) restored.")
            #expect(try await ann.row(running).exit_code == 3)
            #expect(try await ann.row(endless).killed_by == "ops")
            #expect(broker.ending == nil)
        }
    }

    @Test func `a frozen server is left in time, a start that it refused never runs, and jobs can be killed`()
        async throws
    {
        let pair = try Pair(isSynchronous: false)
        try await Installation.run(.nginx, pair.sample) { installation in
            let ann = try await installation.person("ann")
            let (first, second) = (try await ann.start("next"), try await ann.start("stubborn", "pids"))
            let pids = try await installation.pids(in: "pids")
            try await waitUntil("the first execution runs") { Self.runs(installation).count == 1 }
            pair.primary.freeze()
            // Sent on an open connection, so that the server executes it when it continues.
            for reply in [try await ann.post("/execute", ["command": "next"]), try await ann.get("/history")] {
                #expect(reply.status == 503)
                #expect(reply.header("retry-after") == "5")
            }
            #expect(try await ann.get("/health").status == 503)
            let killed = try await installation.broker("kill", "\(second)", "--by", "ops")
            #expect(killed.status == 0, "\(killed.errors)")
            try await installation.untilGone(pids)
            pair.primary.thaw()
            try await installation.untilAnswering()
            try await waitUntil("the late insert") {
                try pair.primary.sql("SELECT count(*) FROM remotisan_executions", in: pair.database) == "3"
            }
            try installation.touch("end")
            // The queue goes on behind the execution whose start was refused.
            let third = try await ann.start("next")
            for _ in 1...2 { #expect(try await installation.broker("watch", "--for", "0").status == 0) }
            #expect(try await ann.settled(third).status == .completed)
            #expect(try await ann.settled(first).status == .completed)
            #expect(try await ann.settled(second).killed_by == "ops")
            #expect(Self.runs(installation) == [first, third].map(\.description))
            let refused = try await ann.get("/history").json(History.self).data.filter {
                ![first, second, third].map(\.description).contains($0.job_uuid)
            }
            #expect(refused.map(\.status) == [.failed])
            #expect(refused.first?.reason?.contains("the start was refused") == true)
            #expect(installation.jobFiles.filter { $0.hasSuffix(".refused") }.isEmpty)
        }
    }

    @Test func `after a failover from a frozen server the product uses the promoted standby`() async throws {
        let pair = try Pair(isSynchronous: true)
        try await Installation.run(.nginx, pair.sample) { installation in
            let ann = try await installation.person("ann")
            let before = try await ann.start("once")
            _ = try await ann.settled(before)
            pair.primary.freeze()
            try pair.standby.promote()
            let after = try await waitFor("a start after the failover") { () -> JobUUID? in
                let reply = try await ann.post("/execute", ["command": "once"])
                guard reply.status == 200 else {
                    #expect(reply.status == 503 && reply.header("retry-after") == "5")
                    return nil
                }
                return JobUUID(try reply.json([String: String].self)["id"] ?? "")
            }
            #expect(try await ann.settled(after).status == .completed)
            #expect(try await ann.row(before).status == .completed)
            #expect(Set(Self.runs(installation)).isSuperset(of: [before, after].map(\.description)))
            #expect(Self.runs(installation).count == 2)
        }
    }
}

extension FailoverTests.Pair {
    /// The UUIDs of all executions that the promoted standby has.
    fileprivate var rows: Set<String> {
        get throws {
            Set(
                try standby.sql("SELECT job_uuid FROM remotisan_executions", in: database).split(separator: "\n")
                    .map(String.init))
        }
    }
}
