import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// `remotisan-as` against a hostile caller.
@Suite(.enabled(if: ServiceAccount.isSeparate, "only root can install a set-user-ID program"))
struct RunAsProgramTests {
    private struct Result {
        let status: Int32
        let text: String
    }

    /// The words before a program that gets these variables alone, and a descriptor 3 for the reason of a failure. A shell
    /// would add variables.
    private static func prefix(_ environment: [String: String]) -> [String] {
        let all = environment.merging(["PATH": JobEnvironment.defaultPath]) { own, _ in own }
        return ["sh", "-c", "exec env -i \"$@\" 3>/dev/null", "sh"] + all.map { "\($0.key)=\($0.value)" }
    }

    /// Runs a program as the service, with the variables of this test alone.
    private func run(
        _ words: [String], as user: String = ServiceAccount.name, environment: [String: String] = [:]
    ) throws -> Result {
        let process = TestProcess()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
        process.arguments =
            ["--reuid=\(user)", "--regid=\(ServiceAccount.name)", "--clear-groups", "--"] + Self.prefix(environment)
            + words
        let text = try process.runToEnd()
        return Result(status: process.terminationStatus, text: text)
    }

    @Test func `only a service that the file names may run it, and only as a user that it names`() throws {
        let programs = try RunAsPrograms()
        let allowed = try run([programs.program, RunAsPrograms.user, "/", "id", "-un"])
        #expect(allowed.status == 0 && allowed.text == "\(RunAsPrograms.user)\n", "\(allowed)")
        for user in ["root", "man", "0", "nobody\n", "", "/"] {
            #expect(try run([programs.program, user, "/", "id"]).status == 127, "\(user.debugDescription)")
        }
        #expect(try run([programs.program, RunAsPrograms.user, "/", "id"], as: "man").status == 127)
        try programs.write(RunAsPrograms.allowing + "user root\nuser no-such-user\n")
        #expect(try run([programs.program, "root", "/", "id"]).text.contains("root is never allowed"))
        #expect(try run([programs.program, "no-such-user", "/", "id"]).status == 127)
    }

    @Test func `a file that root does not own alone allows nothing`() throws {
        let programs = try RunAsPrograms()
        let start = [programs.program, RunAsPrograms.user, "/", "id"]
        #expect(try run(start).status == 0)
        for mode in [0o664, 0o646] as [mode_t] {
            chmod(programs.rules, mode)
            #expect(try run(start).status == 127, "\(String(mode, radix: 8))")
        }
        chmod(programs.rules, 0o644)
        chown(programs.rules, ServiceAccount.user, 0)
        #expect(try run(start).status == 127)
        chown(programs.rules, 0, 0)
        #expect(try run(start).status == 0)
        let directory = (programs.rules as NSString).deletingLastPathComponent
        chmod(directory, 0o777)
        #expect(try run(start).status == 127)
        chmod(directory, 0o755)
        let aside = programs.rules + ".aside"
        rename(programs.rules, aside)
        #expect(try run(start).status == 127)
        symlink(aside, programs.rules)
        #expect(try run(start).status == 127)
        unlink(programs.rules)
        mkfifo(programs.rules, 0o644)
        #expect(try run(start).status == 127)
        for text in ["user", "user a b", "allow \(RunAsPrograms.user)", String(repeating: "x", count: 400)] {
            unlink(programs.rules)
            try programs.write(RunAsPrograms.allowing + text + "\n")
            #expect(try run(start).status == 127, "\(text.prefix(40))")
        }
    }

    @Test(arguments: ["LD_PRELOAD", "LD_LIBRARY_PATH", "GCONV_PATH", "BASH_ENV", "PYTHONPATH", "REMOTISAN_STARTED_BY"])
    func `a variable that the file does not name is refused`(_ name: String) throws {
        let programs = try RunAsPrograms()
        let result = try run([programs.program, RunAsPrograms.user, "/", "id"], environment: [name: "/tmp/x"])
        #expect(result.status == 127)
        #expect(result.text.contains("remotisan-as: \(name): "), "\(result.text)")
        #expect(!result.text.contains("uid="))
    }

    @Test func `descriptors, limits and the working directory of the caller are no way in`() throws {
        let programs = try RunAsPrograms()
        let start = "env -i PATH=/usr/bin:/bin \(programs.program) \(RunAsPrograms.user) /"
        // A closed standard descriptor would be the file with the rules. The C library opens /dev/null there.
        let closed = try run(["sh", "-c", "\(start) readlink /proc/self/fd/0 <&-"])
        #expect(closed.status == 126 || closed.text == "/dev/null\n", "\(closed)")
        let descriptors = try run(["bash", "-c", "\(start) \(Places.fixtures)/print-descriptors 5</etc/passwd 9>&1"])
        #expect(descriptors.text.split(separator: "\n").count == 3, "\(descriptors.text)")
        for limit in ["--nofile=3", "--as=1", "--stack=1", "--fsize=0"] {
            let limited = try run(["prlimit", limit, programs.program, RunAsPrograms.user, "/", "id", "-un"])
            #expect(limited.status != 0 || limited.text == "\(RunAsPrograms.user)\n", "\(limit): \(limited)")
        }
        // Without the right to change the user it starts nothing.
        let denied = try run(["setpriv", "--no-new-privs", programs.program, RunAsPrograms.user, "/", "id"])
        #expect(denied.status != 0 && !denied.text.contains("uid="), "\(denied)")
        let relative = try run([programs.program, RunAsPrograms.user, "etc/..", "pwd"])
        #expect(relative.status == 0 && relative.text == "/\n", "\(relative)")
    }

    @Test func `it signals no process that the caller's supervisor has not started`() async throws {
        let programs = try RunAsPrograms()
        let uuid = "7d4f4d2e-0000-4000-8000-000000000001"
        let directory = try TemporaryDirectory()
        let user = try #require(Account(named: RunAsPrograms.user))
        // A process of an allowed user that somebody else has started, with the variables of a job.
        let stranger = try SpawnedProcess(
            ["/usr/bin/setpriv", "--reuid=\(user.uid)", "--regid=\(user.group)", "--clear-groups", "sleep", "600"],
            environment: ["REMOTISAN_JOB_UUID": uuid, "REMOTISAN_STARTED_BY": "1"], output: directory.path + "/out")
        try await waitUntil("sleep") { ProcessTable.entry(stranger.pid)?.name == "sleep" }
        let start = try #require(ProcessTable.entry(stranger.pid)).identity.startTime
        func signal(_ supervisor: pid_t, _ start: UInt64, as user: String = RunAsPrograms.user) throws -> Result {
            try run(
                [programs.program, "--signal", user, uuid, "\(supervisor)", "9", "\(stranger.pid):\(start)"])
        }
        // Its parent is this process, which the service does not own.
        for supervisor in [getpid(), 1, 0, -1, stranger.pid] {
            let result = try signal(supervisor, start)
            #expect(result.status == 1 && result.text == "\(stranger.pid) \(EPERM)\n", "\(supervisor): \(result)")
        }
        #expect(try signal(getpid(), start, as: RunAsPrograms.otherUser).status == 1)
        #expect(try run([programs.program, "--list", RunAsPrograms.user, uuid]).text.isEmpty)
        // Another process has the pid.
        #expect(try signal(getpid(), start + 1).status == 0)
        #expect(ProcessFacts(pid: stranger.pid).isAlive)
        await stranger.stop()
    }

    @Test func `it signals what its caller has started`() async throws {
        let programs = try RunAsPrograms()
        let uuid = "7d4f4d2e-0000-4000-8000-000000000002"
        let directory = try TemporaryDirectory()
        let own = try SpawnedProcess(
            ServiceAccount.command(
                Self.prefix(["REMOTISAN_JOB_UUID": uuid])
                    + [programs.program, RunAsPrograms.user, "/", "sleep", "600"]),
            output: directory.path + "/out")
        try await waitUntil("sleep") { ProcessTable.entry(own.pid)?.name == "sleep" }
        let start = try #require(ProcessTable.entry(own.pid)).identity.startTime
        #expect(try run([programs.program, "--list", RunAsPrograms.user, uuid]).text == "\(own.pid) \(start)\n")
        let words = [programs.program, "--signal", RunAsPrograms.user, uuid, "1", "15", "\(own.pid):\(start)"]
        #expect(try run(words).status == 0)
        #expect(try await own.ended() == .signal(SIGTERM))
        #expect(try run(words).status == 0, "A process that has ended is no error.")
        #expect(try run([programs.program, "--signal", RunAsPrograms.user, uuid, "1", "64", "1:1"]).status == 127)
    }
}
