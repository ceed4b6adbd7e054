import Glibc
import TestSupport
import Testing

@testable import Core

/// A kill is complete when no process of the job is left.
@Suite struct KillCompletionTests {
    @Test func `a daemon that outlives command and supervisor during a kill is killed, too`() async throws {
        // The command ends at the first signal, and its daemon ignores that signal.
        let script = """
            setsid sh -c 'trap "" TERM; echo $$ > daemon; while :; do sleep 1; done' & \
            while [ ! -s daemon ]; do sleep 0.05; done; echo ready; exec sleep 600
            """
        let sample = SampleConfiguration(commands: [
            "daemon": "roles: [\"*\"], run: [sh, -c, \(quoted(script))], kill: { signals: [TERM, KILL], grace: 2s }"
        ])
        try await Installation.run(.nginx, sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("daemon")
            try await installation.untilLogged(uuid, "ready")
            let daemon = try await installation.pids(in: "daemon")
            let supervisor = try await installation.record(uuid).supervisor
            #expect(try await ann.kill(uuid).status == 200)
            let files = try installation.files(uuid)
            try await waitUntil("the end of the command") { try files.exitRecord() != nil }
            try installation.signal(supervisor, SIGKILL)
            #expect(try await ann.settled(uuid).status == .killed)
            #expect(daemon.allSatisfy { !ProcessFacts(pid: $0).isAlive }, "KILLED while the daemon lived")
        }
    }

    @Test func `a supervisor that its job has stopped is continued after the kill`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("stubborn", "pids")
            let pids = try await installation.pids(in: "pids")
            let supervisor = try await installation.record(uuid).supervisor
            try installation.signal(supervisor, SIGSTOP)
            #expect(try await ann.kill(uuid).status == 200)
            #expect(try await ann.settled(uuid).status == .killed)
            try await installation.untilGone(pids + [supervisor.pid])
        }
    }

    @Test(.enabled(if: ServiceAccount.isSeparate, "only root can become another user"))
    func `a kill by root leaves no file that locks the service out`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let first = try await ann.start("stubborn", "first")
            let pids = try await installation.pids(in: "first")
            let process = try installation.spawn(
                [Places.programs + "/remotisan-broker", "kill", "\(first)", "--config", installation.configuration],
                output: "root-kill.log", asService: false)
            #expect(try await process.ended(limit: .seconds(60)) == .code(0))
            try await installation.untilGone(pids)
            #expect(try await ann.settled(first).status == .killed)
            let poll = try await ann.poll(first)
            #expect(poll.isEnded)

            let second = try await ann.start("stubborn", "second")
            let others = try await installation.pids(in: "second")
            #expect(try await ann.kill(second).status == 200)
            try await installation.untilGone(others)
            #expect(try await ann.settled(second).status == .killed)
        }
    }

    private func quoted(_ script: String) -> String {
        "'" + script.replacing("'", with: "''") + "'"
    }
}
