import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// Processes that the service may not signal, because they run as another user.
@Suite(.enabled(if: ServiceAccount.isSeparate, "only root can start a process of another user"))
struct UnreachableProcessTests {
    private struct Answer: Decodable {
        let uuid: String
        let message: String?
    }

    /// A line of a shell that starts `sleep` as the other user and writes its pid into the file `pid`.
    private static func background(_ other: OtherUser) -> String {
        // It has the name of setpriv's copy until it executes sleep.
        let untilNamed = "until grep -qx sleep /proc/$!/comm; do sleep 0.02; done"
        return other.words.joined(separator: " ") + " sleep 600 & \(untilNamed); echo $! >pid.new; mv pid.new pid"
    }

    @Test func `the answer to a kill and the row name a process that cannot be signalled`() async throws {
        let other = try OtherUser()
        let run = other.words.joined(separator: ", ")
        let sample = SampleConfiguration(commands: [
            "rooted": "roles: [\"*\"], run: [\(run), sleep, '600'], kill: { grace: 50ms }"
        ])
        try await Installation.run(.nginx, sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("rooted")
            let command = try await installation.record(uuid).command
            try await waitUntil("the program of root") { ProcessTable.entry(command.pid)?.name == "sleep" }
            let reply = try await ann.kill(uuid)
            #expect(reply.status == 200)
            let named = "\(command.pid) sleep (Operation not permitted)"
            let answer = try reply.json(Answer.self)
            #expect(answer.uuid == "\(uuid)")
            #expect(answer.message?.contains(named) == true)
            let row = try await ann.row(uuid)
            #expect(row.status == .running)
            #expect(row.reason?.hasSuffix(named) == true)
            // After the whole sequence it lives, and is named as a survivor.
            try await waitUntil("the end of the signals") { try await ann.row(uuid).reason == "not killed: \(named)" }
            kill(command.pid, SIGKILL)
            try await waitUntil("the settling") {
                _ = try await installation.broker("watch", "--for", "0")
                return try await ann.row(uuid).status == .killed
            }
            #expect(try await ann.row(uuid).reason == nil)
            #expect(try await ann.get("/execute/\(uuid)?offset=0").text.contains("\"survivors\":[]"))
        }
    }

    @Test func `a kill by files goes through all signals although a process cannot be signalled`() async throws {
        let other = try OtherUser()
        // A process of root, and one of the service that only KILL ends.
        let script = """
            \(Self.background(other)); exec \(Places.fixtures)/stubborn pids
            """
        let sample = SampleConfiguration(commands: [
            "mixed": "roles: [\"*\"], run: [sh, -c, '\(script)'], kill: { grace: 50ms }"
        ])
        try await Installation.run(.nginx, sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("mixed")
            let pids = try await installation.pids(in: "pids")
            let rooted = try #require(try await installation.pids(in: "pid").first)
            let database = installation.storage + "/remotisan.sqlite"
            #expect(rename(database, database + ".kept") == 0)
            try Data(repeating: 0x5A, count: 64 << 10).write(to: URL(fileURLWithPath: database))
            let output = try await installation.broker("kill", "\(uuid.description.prefix(8))", "--by", "ops")
            #expect(output.status == 1)
            #expect(output.errors.contains("are left: \(rooted) sleep (Operation not permitted)"), "\(output.errors)")
            try await installation.untilGone(pids)
            let record = try #require(try installation.files(uuid).killRecord())
            #expect(record.steps.last?.signal == .kill)
            kill(rooted, SIGKILL)
        }
    }

    @Test func `a kill of other jobs has no message`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("sleep", "600")
            #expect(try await ann.kill(uuid).json(Answer.self).message == nil)
            #expect(try await ann.settled(uuid).reason == nil)
        }
    }

    @Test func `remaining processes that cannot be signalled are named, and the supervisor does not wait for them`()
        async throws
    {
        let other = try OtherUser()
        let script = "\(Self.background(other)); exit 3"
        let sample = SampleConfiguration(commands: [
            "leaves": "roles: [\"*\"], run: [sh, -c, '\(script)'], remaining_processes: kill, kill: { grace: 1h }"
        ])
        try await Installation.run(.nginx, sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("leaves")
            let row = try await ann.settled(uuid)
            let pid = try #require(try await installation.pids(in: "pid").first)
            #expect(row.status == .failed)
            #expect(row.exit_code == 3)
            #expect(row.left_behind == 1)
            #expect(row.reason == "not ended: \(pid) sleep (Operation not permitted)")
            #expect(ProcessFacts(pid: pid).isAlive)
            kill(pid, SIGKILL)
        }
    }
}

/// `remaining_processes: kill`.
@Suite struct RemainingProcessTests {
    @Test func `the end is recorded before the remaining processes have ended`() async throws {
        let script = """
            (trap "" TERM; echo >ready; until [ -e go ]; do sleep 0.02; done) & \
            until [ -e ready ]; do sleep 0.02; done; exit 3
            """
        let sample = SampleConfiguration(commands: [
            "leaves": "roles: [\"*\"], run: [bash, -c, '\(script)'], remaining_processes: kill, kill: { grace: 1h }"
        ])
        try await Installation.run(.nginx, sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("leaves")
            try await waitUntil("the exit record") { try installation.files(uuid).exitRecord() != nil }
            #expect(try await ann.poll(uuid).isEnded)
            #expect(try await ann.poll(uuid).exit_code == 3)
            _ = try await installation.broker("watch", "--for", "0")
            #expect(try await ann.row(uuid).status == .running, "A process of the job may be running.")
            try installation.touch("go")
            let row = try await ann.settled(uuid)
            #expect(row.status == .failed)
            #expect(row.reason == nil)
        }
    }

    @Test func `processes whose parent ends first get TERM, too`() async throws {
        let script = """
            ((trap "touch termed; exit" TERM; touch ready; while :; do sleep 0.05; done) & wait) & \
            until [ -e ready ]; do sleep 0.02; done
            """
        let sample = SampleConfiguration(commands: [
            "leaves": "roles: [\"*\"], run: [bash, -c, '\(script)'], remaining_processes: kill, kill: { grace: 1h }"
        ])
        try await Installation.run(.nginx, sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("leaves")
            #expect(try await ann.settled(uuid).status == .completed)
            #expect(access(installation.work + "/termed", F_OK) == 0)
        }
    }

    @Test func `a process that ignores TERM is killed after the grace`() async throws {
        let script = """
            (trap "" TERM; echo $BASHPID >pid.new; mv pid.new pid; while :; do sleep 600; done) & \
            until [ -e pid ]; do sleep 0.02; done
            """
        let sample = SampleConfiguration(commands: [
            "leaves": "roles: [\"*\"], run: [bash, -c, '\(script)'], remaining_processes: kill, kill: { grace: 1s }"
        ])
        try await Installation.run(.nginx, sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("leaves")
            let row = try await ann.settled(uuid)
            #expect(row.status == .completed)
            #expect(row.reason == nil)
            let pids = try await installation.pids(in: "pid")
            #expect(pids.allSatisfy { !ProcessFacts(pid: $0).isAlive })
        }
    }
}
