import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// Crashes of our programs lose no job and leave no wrong status.
@Suite struct CrashTests {
    @Test func `a job ends normally while responder, nginx and broker are killed`() async throws {
        try await Installation.run { installation in
            let broker = try await installation.startBroker()
            let ann = try await installation.person("ann")
            let good = try await ann.start("await", "go 0")
            let bad = try await ann.start("await", "go 5")
            for uuid in [good, bad] { try await installation.untilLogged(uuid, "ready") }

            for process in [broker, try #require(installation.responder)] {
                process.signal(SIGKILL)
                #expect(try await process.ended() == .signal(SIGKILL))
            }
            await installation.server?.stop()
            try installation.touch("go")
            for uuid in [good, bad] {
                let files = try installation.files(uuid)
                try await waitUntil("the exit record of \(uuid)") { try files.exitRecord() != nil }
            }

            try installation.startResponder()
            try installation.startServer()
            try await installation.untilAnswering()
            try await ann.expectEnd(of: good, .completed, exitCode: 0)
            try await ann.expectEnd(of: bad, .failed, exitCode: 5)
            #expect(try await ann.follow(good).text == "ready\n")
        }
    }

    @Test(arguments: WebServer.allCases)
    func `a job outlives the web server that it was started through`(_ web: WebServer) async throws {
        try await Installation.run(web) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("await", "go 8")
            try await installation.untilLogged(uuid, "ready")
            await installation.server?.stop()
            let files = try installation.files(uuid)
            #expect(ProcessTable.isAlive(try await installation.record(uuid).command))
            try installation.touch("go")
            try await waitUntil("the exit record") { try files.exitRecord() != nil }
            try installation.startServer()
            try await installation.untilAnswering()
            let row = try await ann.settled(uuid)
            #expect(row.status == .failed)
            #expect(row.exit_code == 8)
        }
    }

    @Test func `a job without its supervisor runs on, and its owner can kill all of it`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("stubborn", "pids")
            let pids = try await installation.pids(in: "pids")
            let record = try await installation.record(uuid)
            try installation.signal(record.supervisor, SIGKILL)
            try await installation.untilGone([record.supervisor.pid])

            for _ in 1...3 {
                #expect(try await installation.broker("watch", "--for", "0").status == 0)
                #expect(try await ann.row(uuid).status == .running)
                #expect(try await ann.poll(uuid).isEnded == false)
            }
            #expect(pids.allSatisfy { ProcessFacts(pid: $0).isAlive })

            #expect(try await ann.kill(uuid).status == 200)
            let row = try await ann.settled(uuid)
            #expect(row.status == .killed)
            #expect(row.killed_by == "ann")
            try await installation.untilGone(pids)
            #expect(try installation.log(uuid).contains("PROCESS KILLED BY ann AT "))
        }
    }

    @Test func `an unobserved end is settled as lost within one pass`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("await", "go")
            let record = try await installation.record(uuid)
            try installation.signal(record.supervisor, SIGKILL)
            try await installation.untilGone([record.supervisor.pid])
            try installation.touch("go")
            try await installation.untilGone([record.command.pid])
            #expect(try await ann.row(uuid).status == .running)
            try await expectLost(uuid, installation, ann)
        }
    }

    @Test func `a job whose command and supervisor are killed together is lost within one pass`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("sleep", "600")
            let record = try await installation.record(uuid)
            try installation.signal(record.supervisor, SIGSTOP)
            try installation.signal(record.command, SIGKILL)
            try installation.signal(record.supervisor, SIGKILL)
            try await installation.untilGone([record.supervisor.pid, record.command.pid])
            try await expectLost(uuid, installation, ann)
        }
    }

    @Test func `after a reboot a job is settled within one pass, even if its pids are in use again`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("sleep", "600")
            let record = try await installation.record(uuid)
            try installation.signal(record.supervisor, SIGSTOP)
            try installation.signal(record.command, SIGKILL)
            try installation.signal(record.supervisor, SIGKILL)
            try await installation.untilGone([record.supervisor.pid, record.command.pid])

            // After the reboot these pids belong to other processes: here to the tests themselves.
            let start = try #require(ProcessTable.entry(getpid())).identity.startTime
            let text = """
                supervisor \(getpid()) \(start)
                command \(getpid()) \(start)
                boot 00000000-0000-4000-8000-000000000000

                """
            try text.write(toFile: installation.files(uuid).pid, atomically: false, encoding: .utf8)
            try await expectLost(uuid, installation, ann)
        }
    }

    private func expectLost(_ uuid: JobUUID, _ installation: Installation, _ ann: Visitor) async throws {
        #expect(try await installation.broker("watch", "--for", "0").status == 0)
        let row = try await ann.row(uuid)
        #expect(row.status == .failed)
        #expect(row.reason == "lost")
        #expect(row.exit_code == nil)
        #expect(try installation.log(uuid).contains("LOST: nothing recorded the end"))
        #expect(installation.jobFiles.isEmpty)
    }

    @Test func `a job that ends without a broker on watch is settled by one that its supervisor starts`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("ends", "4")
            let row = try await ann.settled(uuid, limit: .seconds(10))
            #expect(row.status == .failed)
            #expect(row.exit_code == 4)
        }
    }

    @Test func `a job that ends with a broker on watch is settled by that broker`() async throws {
        try await Installation.run { installation in
            let broker = try await installation.startBroker()
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("await", "go")
            let supervisor = try await installation.record(uuid).supervisor
            // A stopped broker still holds the run lock, so the supervisor leaves the execution to it.
            broker.signal(SIGSTOP)
            try await waitUntil("the broker stopped") { ProcessTable.entry(broker.pid)?.state == "T" }
            try installation.touch("go")
            try await installation.untilGone([supervisor.pid])
            #expect(try await ann.row(uuid).status == .running)
            // A person who watches the job sees its end anyway.
            let poll = try await ann.poll(uuid)
            #expect(poll.isEnded)
            #expect(poll.exit_code == 0)
            broker.signal(SIGCONT)
            #expect(try await ann.settled(uuid).status == .completed)
        }
    }

    @Test func `the next pass finishes a kill whose broker was killed`() async throws {
        let sample = SampleConfiguration(top: "kill: { grace: 1s }")
        try await Installation.run(.nginx, sample) { installation in
            let broker = try await installation.startBroker()
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("stubborn", "pids")
            let pids = try await installation.pids(in: "pids")
            #expect(try await ann.kill(uuid).status == 200)
            let files = try installation.files(uuid)
            try await waitUntil("two signals sent") { try files.killRecord()?.steps.count == 2 }
            broker.signal(SIGKILL)
            _ = try await broker.ended()
            #expect(pids.allSatisfy { ProcessFacts(pid: $0).isAlive })
            #expect(try await ann.row(uuid).status == .running)

            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            let row = try await ann.row(uuid)
            #expect(row.status == .killed)
            #expect(row.killed_by == "ann")
            #expect(pids.allSatisfy { !ProcessFacts(pid: $0).isAlive })
            let lines = try installation.log(uuid).split(separator: "\n")
            #expect(lines.count { $0.hasPrefix("PROCESS KILLED BY ann AT ") } == 1)
            let steps = try #require(try files.killRecord()).steps.map(\.signal)
            #expect(steps == [.terminate, .interrupt, .hangup, .quit, .kill])
        }
    }

    @Test func `a kill continues when the supervisor is killed during it`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("stubborn", "pids")
            let pids = try await installation.pids(in: "pids")
            let supervisor = try await installation.record(uuid).supervisor
            #expect(try await ann.kill(uuid).status == 200)
            let files = try installation.files(uuid)
            try await waitUntil("a signal sent") { try files.killRecord()?.steps.isEmpty == false }
            try installation.signal(supervisor, SIGKILL)
            let row = try await ann.settled(uuid)
            #expect(row.status == .killed)
            #expect(row.killed_by == "ann")
            #expect(pids.allSatisfy { !ProcessFacts(pid: $0).isAlive })
        }
    }
}
