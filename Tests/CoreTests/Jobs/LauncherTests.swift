import Foundation
import TestSupport
import Testing

@testable import Core

/// Uses the real supervisor.
struct LauncherTests {
    private static func launch(
        _ temporary: TemporaryStorage, _ command: Command, _ arguments: [String] = []
    ) throws -> JobUUID {
        let uuid = JobUUID()
        let launcher = Launcher(
            programs: try .supervisorOnly(in: temporary.directory), storage: temporary.storage, configuration: "/none")
        let lock = try temporary.files(uuid).takeLock()
        try launcher.start(uuid, command, with: Invocation(argv: command.run + arguments, line: ""), lock: lock)
        return uuid
    }

    private static func log(_ temporary: TemporaryStorage, _ uuid: JobUUID) throws -> String {
        try temporary.waitForEnd(of: uuid)
        return try String(contentsOfFile: temporary.files(uuid).log, encoding: .utf8)
    }

    @Test func `arguments are passed on unchanged`() throws {
        let temporary = try TemporaryStorage()
        let words = ["", " ", "a b", "'", "\"", "$(id)", "`id`", ";", "*", "\n", "\\", "\u{1F600}", "é", "-n", "--"]
        let command = Command(name: "x", roles: [], run: ["/usr/bin/printf", "[%s]"], definition: .anyWords)
        let uuid = try Self.launch(temporary, command, words)
        #expect(try Self.log(temporary, uuid) == words.map { "[\($0)]" }.joined())
        let record = try #require(try temporary.files(uuid).exitRecord())
        #expect(record.outcome == .code(0))
        #expect(record.bootID == BootID.current)
        #expect(abs(record.endedBoottime - Clock.boottimeMilliseconds()) < 60_000)
    }

    @Test(.enabled(if: geteuid() == 0, "only root can run a program as another user"))
    func `another user's program can open the output again`() throws {
        let temporary = try TemporaryStorage()
        let script = "echo one; setpriv --reuid=65534 sh -c 'echo two >/dev/stderr'; echo three"
        let uuid = try Self.launch(temporary, Command(name: "x", roles: [], run: ["/bin/sh", "-c", script]))
        #expect(try Self.log(temporary, uuid) == "one\ntwo\nthree\n")
    }

    @Test func `a command is ended before its supervisor when memory runs out`() throws {
        let temporary = try TemporaryStorage()
        let command = Command(name: "x", roles: [], run: ["/bin/cat", "/proc/self/oom_score_adj"])
        let uuid = try Self.launch(temporary, command)
        #expect(try Self.log(temporary, uuid) == "500\n")
    }

    @Test func `a start that times out continues`() throws {
        let temporary = try TemporaryStorage()
        let uuid = JobUUID()
        let launcher = Launcher(
            programs: try .supervisorAtGate(in: temporary.directory), storage: temporary.storage,
            configuration: "/none", timeout: 100)
        try temporary.makeGate(of: uuid)
        let command = Command(name: "x", roles: [], run: ["/bin/echo", "started"])
        do {
            let lock = try temporary.files(uuid).takeLock()
            let error = #expect(throws: LaunchError.self) {
                try launcher.start(uuid, command, with: Invocation(argv: command.run, line: ""), lock: lock)
            }
            #expect(error?.isCertain == false)
            #expect(error?.description == "'x' has not begun to run yet.")
        }
        #expect(try temporary.files(uuid).isLocked())
        try temporary.openGate(of: uuid)
        #expect(try Self.log(temporary, uuid) == "started\n")
        #expect(try temporary.files(uuid).exitRecord()?.outcome == .code(0))
    }

    @Test(arguments: ["log", "times"])
    func `a FIFO in the place of a job's output hangs no start`(_ kind: String) throws {
        let temporary = try TemporaryStorage()
        let uuid = JobUUID()
        let launcher = Launcher(
            programs: try .supervisorOnly(in: temporary.directory), storage: temporary.storage, configuration: "/none")
        let files = temporary.files(uuid)
        #expect(mkfifo(kind == "log" ? files.log : files.times, 0o640) == 0)
        let command = Command(name: "x", roles: [], run: ["/bin/echo", "started"])
        let invocation = Invocation(argv: command.run, line: "")
        do {
            let lock = try files.takeLock()
            if kind == "log" {
                let error = #expect(throws: LaunchError.self) {
                    try launcher.start(uuid, command, with: invocation, lock: lock)
                }
                #expect(error?.isCertain == true, "\(String(describing: error))")
                return
            }
            try launcher.start(uuid, command, with: invocation, lock: lock)
        }
        // Only the times of the lines are missing.
        #expect(try Self.log(temporary, uuid) == "started\n")
    }

    @Test func `the environment of a job is built from nothing`() throws {
        let temporary = try TemporaryStorage()
        let command = Command(name: "x", roles: [], run: ["env"], environment: ["OWN": "a b", "PATH": "/usr/bin:/bin"])
        let uuid = try Self.launch(temporary, command)
        let lines = try Self.log(temporary, uuid).split(separator: "\n").map(String.init)
        let names = Set(lines.compactMap { $0.split(separator: "=").first.map(String.init) })
        #expect(
            names.isSubset(of: [
                "PATH", "HOME", "LANG", "TZ", "USER", "REMOTISAN_JOB_UUID", "OWN", "PYTHONUNBUFFERED", "TERM",
            ]))
        #expect(lines.contains("REMOTISAN_JOB_UUID=\(uuid)"))
        #expect(lines.contains("OWN=a b"))
        #expect(lines.contains("PATH=/usr/bin:/bin"))
    }

    @Test func `the descriptors of a job are 0, 1 and 2`() throws {
        let temporary = try TemporaryStorage()
        let uuid = try Self.launch(temporary, Command(name: "x", roles: [], run: ["/bin/ls", "-l", "/proc/self/fd"]))
        let links = try Self.log(temporary, uuid).split(separator: "\n").compactMap { $0.split(separator: " -> ").last }
        // ls itself opens the directory that it lists.
        #expect(links.filter { $0 == "/dev/null" }.count == 1)
        #expect(links.filter { $0 == temporary.files(uuid).output }.count == 2)
        #expect(links.count == 5, "The lines are the total, three descriptors and the directory: \(links)")
    }

    @Test(
        arguments: [
            (["/bin/sh", "-c", "exit 7"], .code(7)), (["/bin/sh", "-c", "kill -TERM $$"], .signal(15)),
            (["/bin/sh", "-c", "echo err >&2"], .code(0)),
        ] as [([String], ExitRecord.Outcome)])
    func `the end of a job is recorded`(_ run: [String], _ outcome: ExitRecord.Outcome) throws {
        let temporary = try TemporaryStorage()
        let uuid = try Self.launch(temporary, Command(name: "x", roles: [], run: run))
        try temporary.waitForEnd(of: uuid)
        #expect(try temporary.files(uuid).exitRecord()?.outcome == outcome)
        #expect(try temporary.files(uuid).pidRecord()?.bootID == BootID.current)
    }

    @Test(arguments: [
        (["/nonexistent/x"], "/", "The program of 'x' could not be started: No such file or directory."),
        (["no-such-program"], "/", "The program of 'x' could not be started: No such file or directory."),
        (["/etc/passwd"], "/", "The program of 'x' could not be started: Permission denied."),
        (["/"], "/", "The program of 'x' could not be started: Permission denied."),
        (["/bin/true"], "/nonexistent", "The directory of 'x' could not be entered: No such file or directory."),
    ])
    func `a command that cannot start is an error with the reason, and leaves no record`(
        _ run: [String], _ directory: String, _ message: String
    ) throws {
        let temporary = try TemporaryStorage()
        let command = Command(name: "x", roles: [], run: run, directory: directory)
        let error = #expect(throws: LaunchError.self) { _ = try Self.launch(temporary, command) }
        #expect(error?.description == message)
        let left = try FileManager.default.contentsOfDirectory(atPath: temporary.storage.jobs)
        #expect(left.filter { !$0.hasSuffix(".lock") }.isEmpty, "\(left)")
    }

    @Test func `a too long argument is an error without internal paths`() throws {
        let temporary = try TemporaryStorage()
        let command = Command(name: "x", roles: [], run: ["/bin/true"])
        let long = String(repeating: "x", count: 200_000)
        let error = #expect(throws: LaunchError.self) { _ = try Self.launch(temporary, command, [long]) }
        #expect(error?.description == "The supervisor could not be started: Argument list too long.")
    }

    @Test func `a missing supervisor is an error without internal paths`() throws {
        let temporary = try TemporaryStorage()
        let uuid = JobUUID()
        let launcher = Launcher(
            programs: Programs(in: temporary.directory.path + "/nowhere"), storage: temporary.storage,
            configuration: "/x")
        let lock = try temporary.files(uuid).takeLock()
        let error = #expect(throws: LaunchError.self) {
            try launcher.start(
                uuid, Command(name: "x", roles: [], run: ["/bin/true"]),
                with: Invocation(argv: ["/bin/true"], line: ""),
                lock: lock)
        }
        #expect(error?.description == "The supervisor could not be started: No such file or directory.")
    }
}
