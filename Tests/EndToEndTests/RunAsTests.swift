import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// `run_as`: jobs of another user.
@Suite(.enabled(if: ServiceAccount.isSeparate, "only root can install a set-user-ID program"))
struct RunAsTests {
    private static let keys = "roles: [\"*\"], run_as: \(RunAsPrograms.user)"
    private static let sample = SampleConfiguration(commands: [
        "who": "\(keys), run: [sh, -c, 'id -un; id -Gn; pwd; umask; grep NoNewPrivs /proc/self/status']",
        "env": "\(keys), run: [\(Places.fixtures)/print-environment]",
        "fds": "\(keys), run: [\(Places.fixtures)/print-descriptors]",
        "again": "\(keys), run: [sh, -c, 'echo one >/dev/stderr; echo two >/dev/stdout']",
        // A child in its own session, one that has lost its parent, too, and one without the variables of the job.
        "family": """
        \(keys), run: [sh, -c, 'setsid sleep 601 & (setsid sleep 602 &) ; env -i "\(SampleConfiguration.mark)=$\(SampleConfiguration.mark)" sleep 603 & \
        echo ready; wait']
        """,
        "leaves": """
        \(keys), run: [sh, -c, 'setsid sh -c "trap : TERM; while :; do sleep 0.1; done" & exit 3'], \
        remaining_processes: kill, kill: { grace: 300ms }
        """,
        "terminal": """
        \(keys), run: [sh, -c, 'test -t 1 && echo yes; echo again >/dev/stderr; id -un'], terminal: true
        """,
        "missing": "\(keys), run: [/no/such/program]",
        "nowhere": "\(keys), run: [id], directory: /no/such/directory",
        "private": "\(keys), run: [pwd], directory: @PRIVATE@",
        "variable": "\(keys), run: [id], environment: { LD_PRELOAD: /tmp/x.so }",
        "stranger": "roles: [\"*\"], run_as: man, run: [id]",
        "try": "\(keys), run: [sh, -c, '\"$@\" && echo done || echo failed', sh]",
        "ours": "roles: [\"*\"], run: [id, -un]",
        "take": """
        \(keys), run: [\(Places.fixtures)/take-files], parameters: [
          { name: wait, type: flag, option: --wait }, { name: report, type: file, max_bytes: 8KiB, option: --report }]
        """,
        "tell": """
        \(keys), run: [sh, -c, 'id -un; cat; printf %s "$DB_PASSWORD" | wc -c'], parameters: [
          { name: password, type: secret, pass: environment, variable: DB_PASSWORD },
          { name: key, type: secret, pass: stdin }]
        """,
    ])

    /// Waits for the programs of `family`, and returns their pids.
    private func family(of installation: Installation) async throws -> [pid_t] {
        try await waitFor("three programs") {
            let found = ["601", "602", "603"].compactMap { word in
                ProcessTable().entries.values.map(\.identity.pid).first { pid in
                    ProcessFacts(pid: pid).arguments == [Array("sleep".utf8), Array(word.utf8)]
                        && ProcessFacts(pid: pid).environment.contains { $0.hasSuffix("=\(installation.work)") }
                }
            }
            return found.count == 3 ? found : nil
        }
    }

    private func run(_ body: (Installation, RunAsPrograms) async throws -> Void) async throws {
        let programs = try RunAsPrograms()
        let home = try TemporaryDirectory()
        let account = try #require(Account(named: RunAsPrograms.user))
        chown(home.path, account.uid, account.group)
        chmod(home.path, 0o700)
        var sample = Self.sample
        sample.commands["private"] = sample.commands["private"]?.replacing("@PRIVATE@", with: home.path)
        try await programs.run(sample) { try await body($0, programs) }
    }

    @Test func `a command runs as its user, with its groups, directory, umask and no new rights`() async throws {
        try await run { installation, _ in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("who")
            let user = RunAsPrograms.user
            let text = try await ann.follow(uuid).text
            #expect(text == "\(user)\n\(user)\n\(installation.work)\n0027\nNoNewPrivs:\t1\n")
            #expect(try await ann.settled(uuid).status == .completed)
            let own = try await ann.start("ours")
            #expect(try await ann.follow(own).text == "\(ServiceAccount.name)\n")
            // Its directory need not be open to the service.
            let hidden = try await ann.start("private")
            #expect(try await ann.follow(hidden).text.hasPrefix("/tmp/"))
        }
    }

    @Test func `its environment and its descriptors are those of any job`() async throws {
        try await run { installation, _ in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("env")
            let account = try #require(Account(named: RunAsPrograms.user))
            let lines = try await ann.follow(uuid).text.split(separator: "\n").map(String.init)
            #expect(
                lines.sorted()
                    == [
                        "\(SampleConfiguration.mark)=\(installation.work)", "HOME=\(account.home)", "LANG=C.UTF-8",
                        "PATH=\(JobEnvironment.defaultPath)", "PYTHONUNBUFFERED=1", "REMOTISAN_JOB_UUID=\(uuid)",
                        "REMOTISAN_STARTED_BY=\(ServiceAccount.user)", "TERM=dumb", "USER=\(RunAsPrograms.user)",
                    ].sorted())
            let seen = try await ann.start("fds")
            let output = try installation.files(seen).output
            #expect(try await ann.follow(seen).text == "0 /dev/null\n1 \(output)\n2 \(output)\n")
            let again = try await ann.start("again")
            #expect(try await ann.follow(again).text == "one\ntwo\n")
            let terminal = try await ann.start("terminal")
            #expect(try await ann.follow(terminal).text == "yes\nagain\n\(RunAsPrograms.user)\n")
        }
    }

    @Test func `a hostile job of another user reaches neither the service nor other jobs`() async throws {
        try await run { installation, programs in
            chmod(installation.storage, 0o750)
            let ann = try await installation.person("ann")
            let other = try await ann.start("sleep", "600")
            let record = try await installation.record(other)
            let storage = installation.storage
            let responder = try #require(installation.responder).pid
            let claim = """
                import socket, sys
                s = socket.socket(socket.AF_UNIX)
                s.connect(sys.argv[1])
                s.sendall(bytes([1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 4, 0, 1, 0, 0, 0, 0]))
                sys.exit(0 if s.recv(1) else 1)
                """
            try claim.write(toFile: installation.work + "/claim.py", atomically: false, encoding: .utf8)
            chmod(installation.work + "/claim.py", 0o644)
            for words in [
                "cat \(storage)/secret", "ls \(storage)", "ls \(storage)/jobs", "cat \(storage)/remotisan.sqlite",
                "touch \(storage)/x", "cat \(storage)/jobs/\(other).pid", "cat \(storage)/logs/\(other).log",
                "head -c 1 /proc/\(record.command.pid)/environ", "head -c 1 /proc/\(record.supervisor.pid)/environ",
                "head -c 1 /proc/\(responder)/mem", "kill -STOP \(record.supervisor.pid)",
                "kill \(record.command.pid)", "kill \(responder)", "rm -f \(installation.socket)",
                "python3 claim.py \(installation.socket)",
                "\(programs.program) \(RunAsPrograms.otherUser) / id", "setpriv --reuid=0 id",
            ] {
                let answer = try await ann.follow(try await ann.start("try", words)).text
                #expect(answer.hasSuffix("failed\n"), "\(words): \(answer)")
            }
            #expect(ProcessFacts(pid: record.command.pid).isAlive)
            // The same job may do what its user may.
            #expect(try await ann.follow(try await ann.start("try", "cat claim.py")).text.hasSuffix("done\n"))
        }
    }

    @Test func `a kill reaches every process of another user`() async throws {
        try await run { installation, _ in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("family")
            try await installation.untilLogged(uuid, "ready")
            let pids = try await family(of: installation)
            let reply = try await ann.kill(uuid)
            #expect(reply.status == 200)
            #expect(!reply.text.contains("Operation not permitted"), "\(reply.text)")
            let row = try await ann.settled(uuid)
            #expect(row.status == .killed)
            #expect(row.reason == nil)
            #expect(pids.allSatisfy { !ProcessFacts(pid: $0).isAlive })
        }
    }

    @Test func `a job of another user without a supervisor is not lost, and a kill reaches it`() async throws {
        try await run { installation, _ in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("family")
            try await installation.untilLogged(uuid, "ready")
            let pids = try await family(of: installation)
            let record = try await installation.record(uuid)
            try installation.signal(record.supervisor, SIGKILL)
            try await installation.untilGone([record.supervisor.pid])
            _ = try await installation.broker("watch", "--for", "0")
            #expect(try await ann.row(uuid).status == .running)
            // The shell is gone, and the daemons are in sessions of their own.
            kill(record.command.pid, SIGKILL)
            kill(pids[2], SIGKILL)
            try await installation.untilGone([record.command.pid, pids[2]])
            _ = try await installation.broker("watch", "--for", "0")
            #expect(try await ann.row(uuid).status == .running)
            _ = try await ann.kill(uuid)
            #expect(try await ann.settled(uuid).status == .killed)
            #expect(pids.allSatisfy { !ProcessFacts(pid: $0).isAlive })
        }
    }

    @Test func `processes of another user that a command leaves are ended`() async throws {
        try await run { installation, _ in
            let ann = try await installation.person("ann")
            let row = try await ann.settled(try await ann.start("leaves"))
            #expect(row.status == .failed)
            #expect(row.exit_code == 3)
            #expect(row.reason == nil)
        }
    }

    @Test func `a start that fails says why, and leaves no file`() async throws {
        try await run { installation, programs in
            let ann = try await installation.person("ann")
            func refusal(_ command: String) async throws -> String {
                let reply = try await ann.post("/execute", ["command": command, "params": ""])
                #expect(reply.status == 500, "\(command)")
                return reply.text
            }
            #expect(
                try await refusal("missing").contains("The program of 'missing' could not be started: No such file"))
            #expect(try await refusal("nowhere").contains("The directory of 'nowhere' could not be entered: No such"))
            #expect(try await refusal("variable").contains("one of its variables is not allowed"))
            let refused = "could not be started as its user (run_as): Operation not permitted"
            #expect(try await refusal("stranger").contains(refused))
            #expect(try await ann.get("/history?command=variable").text.contains("variables is not allowed"))
            chmod(programs.rules, 0o666)
            #expect(try await refusal("who").contains(refused))
            chmod(programs.rules, 0o644)
            chmod(programs.program, 0o755)
            #expect(try await refusal("who").contains(refused))
            unlink(programs.program)
            #expect(try await refusal("who").contains("could not be started as its user (run_as): No such file"))
            #expect(installation.jobFiles.isEmpty)
        }
    }

    @Test func `an uploaded file is readable by the user of its job, and by nobody else`() async throws {
        try await run { installation, _ in
            let ann = try await installation.person("ann")
            let file = JSONValue.object(["name": .text("a.csv"), "base64": .text(Data([1, 2]).base64EncodedString())])
            let body: [String: JSONValue] = [
                "command": .text("take"), "options": .object(["report": file, "wait": .truth(true)]),
            ]
            let reply = try await ann.post("/execute", json: try JSONEncoder().encode(body))
            try #require(reply.status == 200, "\(reply.text)")
            let uuid = try #require(JobUUID(try reply.json([String: String].self)["id"] ?? ""))
            try await installation.untilLogged(uuid, "0102")
            let path = try installation.files(uuid).uploads + "/report"
            func canRead(_ user: String) throws -> Bool {
                let reader = TestProcess()
                reader.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
                reader.arguments = ["--reuid=\(user)", "--regid=\(user)", "--clear-groups", "cat", path]
                _ = try reader.runToEnd()
                return reader.terminationStatus == 0
            }
            #expect(try canRead(RunAsPrograms.user))
            #expect(try !canRead(RunAsPrograms.otherUser))
            try installation.touch("go")
            _ = try await ann.settled(uuid)
            #expect(access(path, F_OK) != 0)
        }
    }

    @Test func `secrets reach a command of another user`() async throws {
        try await run { installation, programs in
            try programs.write(RunAsPrograms.allowing + "variable DB_*\n")
            let ann = try await installation.person("ann")
            let body: [String: JSONValue] = [
                "command": .text("tell"),
                "options": .object(["password": .text("hunter22"), "key": .text("keykey12")]),
            ]
            let reply = try await ann.post("/execute", json: try JSONEncoder().encode(body))
            try #require(reply.status == 200, "\(reply.text)")
            let uuid = try #require(JobUUID(try reply.json([String: String].self)["id"] ?? ""))
            #expect(try await ann.follow(uuid).text == "\(RunAsPrograms.user)\n***\n8\n")
        }
    }
}

/// What `doctor` says about `run_as`.
extension RunAsTests {
    @Test func `doctor tries the users of commands`() async throws {
        let programs = try RunAsPrograms()
        try await programs.run(
            SampleConfiguration(commands: ["one": "\(Self.keys), run: [id]"])
        ) { installation in
            func doctor() async throws -> String {
                try await installation.broker("doctor", "--socket", installation.socket).out
            }
            #expect(try await doctor().contains("ok       isolation: "))
            try programs.write("service \(ServiceAccount.name)\n")
            let refused = try await doctor()
            #expect(refused.contains("problem  isolation: one cannot run as \(RunAsPrograms.user)."), "\(refused)")
            #expect(refused.contains("does not name this user"))
            try programs.write("service \(ServiceAccount.name)\nuser \(RunAsPrograms.user)\n")
            let variable = try await doctor()
            #expect(variable.contains(SampleConfiguration.mark), "\(variable)")
        }
    }
}
