import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// After the first signal, a job starts nothing new unless its program handles the signal.
///
/// Each program prints "ready", runs `sleep`, and would then create the file `next`.
@Suite(.serialized) struct KilledProgramTests {
    private struct Interpreter {
        let words: [String]
        let programs: [String]
        var isInstalled: Bool { words.first.map { access($0, X_OK) == 0 } ?? false }
    }

    private static let shell = [
        "echo ready; sleep 600; touch next",
        "set -e; echo ready; sleep 600; touch next",
        "echo ready; sleep 600 || touch next; touch next",
        "echo ready; sleep 600 && touch next || touch next",
        "echo ready; sleep 600 | cat; touch next",
        "echo ready; cat /dev/zero | sleep 600 | cat; touch next",
        "echo ready; for i in 1 2 3; do sleep 600; touch next; done",
        "echo ready; while :; do sleep 600; touch next; done",
        "echo ready; until sleep 600; do touch next; done; touch next",
        "echo ready; (sleep 600; touch next); touch next",
        "echo ready; x=$(sleep 600; touch next); touch next",
        "f() { sleep 600; touch next; }; echo ready; f; touch next",
        "echo ready; sleep 600 & wait; touch next",
        "echo ready; (sleep 600; touch next) & wait; touch next",
        "echo ready; sh -c 'bash -c \"sleep 600; touch next\"; touch next'; touch next",
        "echo ready; timeout 600 sleep 600; touch next",
        "echo ready; setsid -w sleep 600; touch next",
        "echo ready; nice -n 5 sleep 600; touch next",
        "echo ready; nohup sleep 600; touch next",
        "echo 1 2 3 >list; echo ready; xargs -n1 sh -c 'sleep 600; touch next' <list; touch next",
        "trap 'touch trapped' CHLD; echo ready; sleep 600; touch next",
        "set -m; echo ready; sleep 600; touch next",
    ]

    private static let interpreters: [Interpreter] = [
        Interpreter(words: ["/bin/bash", "-c"], programs: shell),
        Interpreter(words: ["/bin/dash", "-c"], programs: shell),
        Interpreter(
            words: ["/usr/bin/python3", "-c"],
            programs: [
                "import subprocess; print('ready', flush=True); subprocess.call(['sleep', '600']); open('next', 'w')",
                "import os; print('ready', flush=True); os.system('sleep 600'); open('next', 'w')",
                """
                import subprocess
                print('ready', flush=True)
                try: subprocess.run(['sleep', '600'], check=True)
                except Exception: open('next', 'w')
                """,
                """
                import os, time
                print('ready', flush=True)
                if os.fork() == 0: os.execvp('sleep', ['sleep', '600'])
                os.wait()
                open('next', 'w')
                """,
            ]),
        Interpreter(
            words: ["/usr/bin/php", "-r"],
            programs: [
                "echo 'ready'; passthru('sleep 600'); touch('next');",
                "echo 'ready'; exec('sleep 600', $out, $code); touch('next');",
                "echo 'ready'; $p = proc_open(['sleep', '600'], [], $pipes); proc_close($p); touch('next');",
            ]),
        Interpreter(
            words: ["/usr/bin/perl", "-e"],
            programs: [
                "$| = 1; print 'ready'; system('sleep', '600'); open(F, '>', 'next');",
                "$| = 1; print 'ready'; `sleep 600`; open(F, '>', 'next');",
            ]),
    ]

    private static let cases: [(words: [String], program: String)] = interpreters.filter(\.isInstalled).flatMap { own in
        own.programs.map { (own.words, $0) }
    }

    @Test(arguments: cases) func `the next command never runs`(_ words: [String], _ program: String) async throws {
        try await onThread {
            let run = (words + [program]).map(quoted).joined(separator: ", ")
            let site = try KillSite(["job": "run: [\(run)]"], kill: "{ grace: 30s }")
            let uuid = try site.start("job")
            try site.untilLogged(uuid, "ready")
            try site.untilRunning("sleep", in: uuid)
            try site.kill(uuid)
            #expect(!site.has("next"), "The program went on with its next command.")
            #expect(try site.row(uuid).status == .killed)
            // All of them end by the first signal, so they had no time for anything else.
            #expect(try site.signals(uuid) == [.terminate])
        }
    }

    /// Programs that handle the end. They clean up and do not go on.
    private static let handling: [(words: [String], program: String)] = [
        (["/bin/bash", "-c"], "trap 'touch trapped' EXIT; echo ready; sleep 600; touch next"),
        (["/bin/bash", "-c"], "trap 'touch trapped; exit 1' TERM; echo ready; sleep 600; touch next"),
        (["/bin/dash", "-c"], "trap 'touch trapped; exit 1' TERM; echo ready; sleep 600; touch next"),
        (["/bin/bash", "-c"], "set -e; trap 'sleep 0.1; touch trapped' EXIT; echo ready; sleep 600; touch next"),
        (
            ["/usr/bin/python3", "-c"],
            """
            import signal, subprocess, sys
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
            print('ready', flush=True)
            try: subprocess.call(['sleep', '600'])
            finally: open('trapped', 'w')
            open('next', 'w')
            """
        ),
    ]

    @Test(arguments: handling) func `a program can clean up`(_ words: [String], _ program: String) async throws {
        try await onThread {
            let run = (words + [program]).map(quoted).joined(separator: ", ")
            let site = try KillSite(["job": "run: [\(run)]"], kill: "{ grace: 30s }")
            let uuid = try site.start("job")
            try site.untilLogged(uuid, "ready")
            try site.untilRunning("sleep", in: uuid)
            try site.kill(uuid)
            #expect(site.has("trapped"))
            #expect(!site.has("next"))
            #expect(try site.signals(uuid) == [.terminate])
        }
    }

    @Test(arguments: [
        "n=0; while :; do n=$((n+1)); /bin/true; echo $n >last; done",
        "echo ready >last; f() { /bin/true & f; }; while :; do /bin/true; /bin/true & wait; done",
    ])
    func `a shell that starts processes all the time ends by the first signal`(_ program: String) async throws {
        try await onThread {
            let site = try KillSite(["job": "run: [bash, -c, \(quoted(program))]"], kill: "{ grace: 30s }")
            let uuid = try site.start("job")
            try blockUntil("the loop") { site.has("last") }
            try site.kill(uuid)
            #expect(try site.signals(uuid) == [.terminate])
        }
    }

    @Test func `a script that waits for another process of the job does not go on when that one ends`() async throws {
        // The reader has a higher pid than the writer and the processes between them, so its signal comes later.
        let program = """
            mkfifo pipe; sh -c 'touch opened; exec sleep 600' >pipe & for i in $(seq 300); do sleep 600 & done
            (cat pipe; touch next) & wait; touch next
            """
        try await onThread {
            let site = try KillSite(["job": "run: [bash, -c, \(quoted(program))]"], kill: "{ grace: 30s }")
            let uuid = try site.start("job")
            try blockUntil("the open pipe") { site.has("opened") }
            try site.untilRunning("cat", in: uuid)
            try site.kill(uuid)
            #expect(!site.has("next"))
            #expect(try site.signals(uuid) == [.terminate])
        }
    }

    @Test func `a stubborn script does not go on when KILL ends its child`() async throws {
        try await onThread {
            let program = "trap '' TERM INT HUP QUIT; echo ready; sleep 600; touch next"
            let site = try KillSite(["job": "run: [bash, -c, \(quoted(program))]"], kill: "{ grace: 10ms }")
            let uuid = try site.start("job")
            try site.untilLogged(uuid, "ready")
            try site.untilRunning("sleep", in: uuid)
            try site.kill(uuid)
            #expect(!site.has("next"))
            #expect(try site.signals(uuid) == KillPlan().signals)
        }
    }

    @Test func `a forced kill skips the signals that are left`() async throws {
        try await onThread {
            let program = "trap '' TERM INT HUP QUIT; echo ready; sleep 600"
            let site = try KillSite(["job": "run: [bash, -c, \(quoted(program))]"], kill: "{ grace: 10m }")
            let uuid = try site.start("job")
            try site.untilLogged(uuid, "ready")
            #expect(try site.store.requestKill(uuid, by: "ann@lab"))
            try blockUntil("the first signal") {
                try site.pass.run()
                return try site.signals(uuid) == [.terminate]
            }
            let files = site.temporary.files(uuid)
            try files.forceKill()
            try site.settle([uuid])
            #expect(try site.signals(uuid) == [.terminate, .kill])
            #expect(!files.isKillForced, "The file is removed with the others of a running job.")
        }
    }

    @Test func `a command that ends while the kill record is written is not recorded as killed`() async throws {
        try await onThread {
            // Its daemon outlives it, so a process of the job is left.
            let program =
                "setsid sh -c 'touch daemon; while :; do sleep 600; done' & until [ -e go ]; do sleep 0.02; done"
            let site = try KillSite(["job": "run: [bash, -c, \(quoted(program))]"])
            defer { site.end() }
            let uuid = try site.start("job")
            let files = site.temporary.files(uuid)
            try blockUntil("the daemon") { site.has("daemon") }
            let method = KillMethod(site.configuration.commands.allowed["job"], default: KillPlan())
            let kill = try #require(try JobKill.begin(uuid, for: "ann@lab", by: method, in: site.storage))
            #expect(try kill.need(in: ProcessSnapshot(owner: site.storage.owner)) == .signal(.terminate))
            #expect(try kill.confirm())
            #expect(KillStep.write([kill.prepare(.terminate)]).isEmpty)
            #expect(try files.killRecord()?.steps.map(\.signal) == [.terminate], "It is recorded before it is sent.")
            #expect(FileManager.default.createFile(atPath: site.work + "/go", contents: nil))
            try blockUntil("the end of the command") { try files.exitRecord() != nil }
            #expect(try !kill.confirmAfterWriting())
            #expect(try files.killRecord() == nil)
            #expect(try site.log(uuid).contains("NOT KILLED: the job had ended before the first signal."))
            try site.settle([uuid])
            #expect(try site.row(uuid).status == .completed)
        }
    }
}
