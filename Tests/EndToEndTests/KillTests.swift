import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// A kill ends everything that a job has started, is announced in the log first, and is distinguished from a job that
/// ended by itself.
@Suite struct KillTests {
    @Test func `the first signal arrives within half a second without cron`() async throws {
        try await Installation.run(alone: true) { installation in
            let ann = try await installation.person("ann")
            var delays: [Int64] = []
            for _ in 1...5 {
                let uuid = try await ann.start("signals", "TERM")
                try await installation.untilLogged(uuid, "ready")
                #expect(!installation.isBrokerWatching)
                let asked = Clock.realtimeMilliseconds()
                #expect(try await ann.kill(uuid).status == 200)
                #expect(try await ann.settled(uuid).status == .killed)
                let record = try #require(try installation.files(uuid).killRecord())
                delays.append(try #require(record.steps.first).at - asked)
                try await waitUntil("the broker gone") { !installation.isBrokerWatching }
            }
            print("From POST /kill to the first signal, in milliseconds: \(delays).")
            // Other tests may delay single kills, so the shortest time counts.
            #expect(try #require(delays.min()) < 500)
        }
    }

    @Test func `no process of a stubborn job is left after the last signal`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("stubborn", "pids")
            let pids = try await installation.pids(in: "pids")
            #expect(try await ann.kill(uuid).status == 200)
            #expect(try await ann.settled(uuid).status == .killed)
            #expect(pids.allSatisfy { !ProcessFacts(pid: $0).isAlive })
            let steps = try #require(try installation.files(uuid).killRecord()).steps
            #expect(steps.map(\.signal) == [.terminate, .interrupt, .hangup, .quit, .kill])
            // The grace runs by another clock than the recorded times, so a few milliseconds are allowed for.
            #expect(zip(steps, steps.dropFirst()).allSatisfy { $1.at - $0.at >= 295 }, "\(steps)")
        }
    }

    @Test func `the log names the killer before the first signal, and every signal arrives once`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("signals")
            try await installation.untilLogged(uuid, "ready")
            #expect(try await ann.kill(uuid).status == 200)
            #expect(try await ann.settled(uuid).signal == "KILL")
            let lines = try installation.log(uuid).split(separator: "\n")
            let announced = try #require(lines.dropFirst().first)
            #expect(announced.wholeMatch(of: #/PROCESS KILLED BY ann AT \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/#) != nil)
            #expect(lines == ["ready", announced, "TERM", "INT", "HUP", "QUIT"])
        }
    }

    @Test func `a command that handles our signal and exits with 0 still counts as killed`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("signals", "TERM")
            try await installation.untilLogged(uuid, "ready")
            let carol = try await installation.person("carol")
            #expect(try await carol.kill(uuid).status == 200)
            let row = try await ann.settled(uuid)
            #expect(row.status == .killed)
            #expect(row.killed_by == "carol")
            #expect(row.exit_code == 0)
            #expect(try #require(try installation.files(uuid).killRecord()).steps.count == 1)
        }
    }

    @Test func `a command that had ended by itself does not count as killed`() async throws {
        try await Installation.run { installation in
            let broker = try await installation.startBroker()
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("await", "go 3")
            try await installation.untilLogged(uuid, "ready")
            let supervisor = try await installation.record(uuid).supervisor
            try await installation.stopBetweenTransactions(broker)
            // The kill is requested while the command runs, but it ends before a broker acts.
            #expect(try await ann.kill(uuid).status == 200)
            try installation.touch("go")
            try await installation.untilGone([supervisor.pid])
            #expect(try await ann.kill(uuid).status == 422)
            broker.signal(SIGCONT)
            let row = try await ann.settled(uuid)
            #expect(row.status == .failed)
            #expect(row.exit_code == 3)
            #expect(row.killed_by == nil)
            #expect(try installation.log(uuid) == "ready\n")
        }
    }

    @Test func `a stopped command is killed, too`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("signals", "TERM")
            try await installation.untilLogged(uuid, "ready")
            let command = try await installation.record(uuid).command
            try installation.signal(command, SIGSTOP)
            try await waitUntil("the command stopped") { ProcessTable.entry(command.pid)?.state == "T" }
            #expect(try await ann.kill(uuid).status == 200)
            let row = try await ann.settled(uuid)
            #expect(row.status == .killed)
            // It was continued for the signal, and could exit normally.
            #expect(row.exit_code == 0)
        }
    }

    @Test func `a process tree that multiplies during a kill is killed completely`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("tree", "pids")
            try await installation.untilLogged(uuid, "ready")
            #expect(try await ann.kill(uuid).status == 200)
            #expect(try await ann.settled(uuid).status == .killed)
            let pids = try await installation.pids(in: "pids")
            #expect(pids.count > 40, "TERM did not make the processes fork.")
            #expect(pids.allSatisfy { !ProcessFacts(pid: $0).isAlive })
        }
    }

    @Test func `a command that exceeds its timeout is killed by it`() async throws {
        let sample = SampleConfiguration(commands: ["short": "roles: [\"*\"], run: [sleep], timeout: 1s"])
        try await Installation.run(.nginx, sample) { installation in
            _ = try await installation.startBroker()
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("short", "600")
            let row = try await ann.settled(uuid)
            #expect(row.status == .killed)
            #expect(row.killed_by == "timeout")
            #expect(row.timed_out)
            #expect(try installation.log(uuid).hasPrefix("PROCESS KILLED BY timeout AT "))
            let intime = try await ann.start("short", "0")
            #expect(try await ann.settled(intime).status == .completed)
        }
    }

    @Test func `each command can have its own signals and grace`() async throws {
        let own = "roles: [\"*\"], run: [\(Places.fixtures)/log-signals], kill: { signals: [HUP, TERM], grace: 100ms }"
        try await Installation.run(.nginx, SampleConfiguration(commands: ["own": own])) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("own")
            try await installation.untilLogged(uuid, "ready")
            #expect(try await ann.kill(uuid).status == 200)
            #expect(try await ann.settled(uuid).status == .killed)
            #expect(try installation.log(uuid).split(separator: "\n").suffix(2) == ["HUP", "TERM"])
            let steps = try #require(try installation.files(uuid).killRecord()).steps
            #expect(steps.map(\.signal) == [.hangup, .terminate, .kill])
        }
    }

    @Test func `processes that outlive their command continue or are killed, as configured`() async throws {
        let program = "roles: [\"*\"], run: [\(Places.fixtures)/leave-behind]"
        let sample = SampleConfiguration(commands: [
            "leaves": program, "takes along": program + ", remaining_processes: kill",
        ])
        try await Installation.run(.nginx, sample) { installation in
            let ann = try await installation.person("ann")
            let leaving = try await ann.start("leaves", "kept")
            let kept = try await ann.settled(leaving)
            #expect(kept.status == .completed)
            #expect(kept.left_behind == 1)
            let daemon = try await installation.pids(in: "kept")
            #expect(daemon.allSatisfy { ProcessFacts(pid: $0).isAlive })
            #expect(try await ann.kill(leaving).status == 422)

            let taking = try await ann.start("takes along", "taken")
            #expect(try await ann.settled(taking).status == .completed)
            let gone = try await installation.pids(in: "taken")
            #expect(gone.count == 1)
            #expect(gone.allSatisfy { !ProcessFacts(pid: $0).isAlive })
        }
    }

    @Test func `kills are refused if the configuration forbids them`() async throws {
        try await Installation.run(.nginx, SampleConfiguration(top: "allow_process_kill: false")) { installation in
            let carol = try await installation.person("carol")
            let uuid = try await carol.start("sleep", "600")
            #expect(try await carol.kill(uuid).status == 403)
            #expect(try await carol.row(uuid).status == .running)
        }
    }
}
