import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// A job inherits its environment, descriptors and rights as documented, and no others.
@Suite struct JobIsolationTests {
    /// Words that a shell, a careless parser or a text file would change.
    static let words = [
        "plain", "with two  spaces", "quo\"te", "it's", "$(touch pwned)", "`touch pwned`", ";", "touch pwned", "*",
        "a\nb\n", "😀 ✈️", "", "--help", "-c", "\\", "\\n", "$HOME", "|", "&&", ">pwned", "~", "#", "{a,b}", "%s%n",
        "e\u{301}", "é", "\t", "!!", "\u{202E}", "\u{1B}[31m",
    ]

    @Test(arguments: WebServer.allCases)
    func `the command gets exactly the given words`(_ web: WebServer) async throws {
        try await Installation.run(web) { installation in
            let ann = try await installation.person("ann")
            let line = (["go", "0"] + Self.words).map { "'" + $0.replacing("'", with: "'\\''") + "'" }
                .joined(separator: " ")
            let uuid = try await ann.start("await", line)
            try await installation.untilLogged(uuid, "ready")
            let command = ProcessFacts(pid: try await installation.record(uuid).command.pid)
            // The kernel inserts the interpreter of `#!/bin/sh`.
            let expected = ["/bin/sh", Places.fixtures + "/await", "go", "0"] + Self.words
            #expect(command.arguments == expected.map { Array($0.utf8) })
            #expect(try await ann.row(uuid).parameters == line)
            try installation.touch("go")
            #expect(try await ann.settled(uuid).status == .completed)
            #expect(access(installation.work + "/pwned", F_OK) != 0)

            let printed = try await ann.start("argv", line)
            _ = try await ann.settled(printed)
            let bytes = ProcessFacts.read(try installation.files(printed).log)
            #expect(bytes == (["go", "0"] + Self.words).flatMap { Array($0.utf8) + [0] })
        }
    }

    @Test(arguments: WebServer.allCases)
    func `its environment is built from nothing`(_ web: WebServer) async throws {
        try await Installation.run(web) { installation in
            let ann = try await installation.person("ann")
            let noisy = Visitor(
                installation: installation,
                headers: ann.headers + [
                    ("Cookie", "session=secret"), ("Proxy", "http://evil.example"), ("X-Secret", "of the request"),
                    ("Shellshock", "() { :; }; touch pwned"),
                ])
            let uuid = try await noisy.start("environment")
            let lines = try await ann.follow(uuid).text.split(separator: "\n").map(String.init)
            let account = try #require(getpwuid(ServiceAccount.user))
            #expect(
                lines.sorted()
                    == [
                        "\(SampleConfiguration.mark)=\(installation.work)",
                        "HOME=\(String(cString: account.pointee.pw_dir))",
                        "LANG=C.UTF-8",
                        "PATH=\(JobEnvironment.defaultPath)",
                        "PYTHONUNBUFFERED=1",
                        "REMOTISAN_JOB_UUID=\(uuid)",
                        "TERM=dumb",
                        "USER=\(String(cString: account.pointee.pw_name))",
                    ].sorted())
        }
    }

    @Test(arguments: WebServer.allCases)
    func `it inherits no descriptor of the web server, which does not wait for it`(_ web: WebServer) async throws {
        try await Installation.run(web) { installation in
            let ann = try await installation.person("ann")
            // The response was read until the server closed the connection, so the server did not wait for the job.
            let clock = ContinuousClock()
            let asked = clock.now
            let uuid = try await ann.start("sleep", "600")
            #expect(clock.now - asked < .seconds(5))

            let record = try await installation.record(uuid)
            let command = ProcessFacts(pid: record.command.pid)
            let output = try installation.files(uuid).output
            // The program itself opens files of its locale. The inherited descriptors are there before.
            try await waitUntil("three descriptors of the command") { command.descriptors.count == 3 }
            #expect(command.descriptors == [0: "/dev/null", 1: output, 2: output])
            // The supervisor has the three standard descriptors, the lock, the exit record, a descriptor for signals,
            // and for its collector the FIFO, the held pipe twice, a socket and a pidfd. Others are closed after the
            // start.
            let supervisor = ProcessFacts(pid: record.supervisor.pid)
            try await waitUntil("a supervisor with eleven descriptors") { supervisor.descriptors.count == 11 }
            let ofSupervisor = supervisor.descriptors
            #expect((0...2).allSatisfy { ofSupervisor[$0] == "/dev/null" })
            #expect(ofSupervisor.count { $0.value.hasPrefix(installation.storage + "/jobs/\(uuid).") } == 5)

            let seen = try await ann.start("descriptors")
            let ownOutput = try installation.files(seen).output
            #expect(try await ann.follow(seen).text == "0 /dev/null\n1 \(ownOutput)\n2 \(ownOutput)\n")
        }
    }

    @Test(arguments: WebServer.allCases)
    func `it starts with default signals, its own group and session, umask 027 and no core dumps`(
        _ web: WebServer
    ) async throws {
        try await Installation.run(web) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("sleep", "600")
            let record = try await installation.record(uuid)
            let command = ProcessFacts(pid: record.command.pid)
            for set in ["SigIgn", "SigBlk", "SigCgt"] {
                #expect(command.status(set) == "0000000000000000", "\(set)")
            }
            #expect(command.status("Umask") == "0027")
            #expect(command.status("Uid")?.split(separator: "\t").allSatisfy { $0 == "\(ServiceAccount.user)" } == true)
            #expect(getpgid(command.pid) == command.pid)
            #expect(getsid(command.pid) == record.supervisor.pid)
            let limits = String(decoding: ProcessFacts.read("/proc/\(command.pid)/limits"), as: UTF8.self)
            #expect(limits.contains(#/Max core file size +0 +0 /#))
            let directory = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(command.pid)/cwd")
            #expect(directory == installation.work)
            for file in [try installation.files(uuid).log, try installation.files(uuid).lock] {
                var status = stat()
                #expect(stat(file, &status) == 0)
                #expect(status.st_mode & 0o777 == 0o640, "\(file)")
            }
        }
    }

    @Test func `a program that cannot be started is an error at once, and its row has the reason`() async throws {
        let sample = SampleConfiguration(commands: [
            "missing": "roles: [\"*\"], run: [/no/such/program]",
            "nowhere": "roles: [\"*\"], run: [echo], directory: /no/such/directory",
        ])
        try await Installation.run(.nginx, sample) { installation in
            let carol = try await installation.person("carol")
            let reasons = [
                "missing": "The program of 'missing' could not be started: No such file or directory.",
                "nowhere": "The directory of 'nowhere' could not be entered: No such file or directory.",
            ]
            for (command, words) in reasons {
                let reply = try await carol.post("/execute", ["command": command, "params": ""])
                #expect(reply.status == 500)
                #expect(reply.text.replacing("\\/", with: "/").contains(words))
                let page = try await carol.get("/history?command=\(command)").json(History.self)
                #expect(page.total == 1)
                #expect(page.data.first?.status == .failed)
                #expect(page.data.first?.reason?.contains(words) == true)
            }
            #expect(installation.jobFiles.isEmpty)
        }
    }
}
