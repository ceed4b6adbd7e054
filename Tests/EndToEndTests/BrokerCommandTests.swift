import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// The broker's subcommands, as an administrator uses them.
@Suite struct BrokerCommandTests {
    @Test func `check accepts a valid configuration and names the line of each error of an invalid one`() async throws {
        try await Installation.run { installation in
            let good = try await installation.broker("check")
            #expect(good.status == 0)
            #expect(good.out.contains("\(installation.configuration): good."))

            let bad = installation.directory + "/bad.yaml"
            try """
            storage: /var/lib/remotisan
            colour: green
            roles:
              OPS: { groups: [ops] }
            commands:
              allowed:
                one: { roles: [OPS], run: [df], timeout: soon }
                two: { roles: [NOBODY], run: [df] }
            """.write(toFile: bad, atomically: false, encoding: .utf8)
            let output = try await installation.broker("check", "--config", bad)
            #expect(output.status == 1)
            let text = output.out + output.errors
            for (line, word) in [(2, "colour"), (7, "timeout"), (8, "NOBODY")] {
                #expect(
                    text.split(separator: "\n").contains { $0.contains("bad.yaml:\(line):") && $0.contains(word) },
                    "line \(line), \(word): \(text)")
            }
            let missing = try await installation.broker("check", "--config", "/no/such.yaml")
            #expect(missing.status == 1)
            #expect(missing.errors.contains("/no/such.yaml"))
            // The responder does not start with an invalid configuration either.
            let responder = try installation.spawn(
                [Places.programs + "/remotisan-fcgi", "--config", bad, "--listen", "unix:/tmp/never"],
                output: "bad.log")
            #expect(try await responder.ended() == .code(1))
            #expect(access("/tmp/never", F_OK) != 0)
        }
    }

    @Test func `history, log, commands and kill agree with the page`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("greet", "'the world'")
            _ = try await ann.settled(uuid)
            let failing = try await ann.start("ends", "9")
            _ = try await ann.settled(failing)
            _ = try await ann.post("/execute", ["command": "deploy", "params": "now"])

            let history = try await installation.broker("history")
            #expect(history.status == 0)
            let lines = history.out.split(separator: "\n")
            try #require(lines.count == 3)
            #expect(lines[0].contains("\(failing)  failed  exit 9  ann  ends 9"))
            #expect(lines[1].contains("\(uuid)  completed  exit 0  ann  greet 'the world'"))
            #expect(lines[2] == "2 in total")
            let filtered = try await installation.broker("history", "--status", "failed", "--user", "ann")
            #expect(filtered.out.contains(failing.description))
            #expect(!filtered.out.contains(uuid.description))
            let refused = try await installation.broker("history", "--refused")
            #expect(refused.out.contains("ann  deploy now  command 'deploy' not allowed"))

            #expect(try await installation.broker("log", uuid.description).out == "Hello the world\n")
            #expect(try await installation.broker("log", JobUUID().description).status != 0)
            #expect(try await installation.broker("commands").out.contains("greet  [SUPPORT]"))

            let running = try await ann.start("stubborn", "pids")
            let pids = try await installation.pids(in: "pids")
            let killed = try await installation.broker("kill", running.description, "--by", "root@console")
            #expect(killed.status == 0)
            #expect(killed.out.contains("killed"))
            #expect(pids.allSatisfy { !ProcessFacts(pid: $0).isAlive })
            #expect(try await ann.settled(running).killed_by == "root@console")
            #expect(try await installation.broker("kill", running.description).status != 0)
        }
    }

    @Test func `tokens can be created, listed without their secret, used and revoked`() async throws {
        try await Installation.run { installation in
            let made = try await installation.broker(
                "token", "create", "--user", "robot", "--role", "DEV_OPS", "--name", "nightly", "--expires", "90d")
            #expect(made.status == 0)
            let secret = made.out.trimmingCharacters(in: .whitespacesAndNewlines)
            let robot = installation.bearer(secret)
            let uuid = try await robot.start("deploy")
            #expect(try await robot.follow(uuid).text == "Deployed\n")

            let list = try await installation.broker("token", "list").out
            #expect(list.contains("robot  [DEV_OPS]"))
            #expect(list.contains("nightly"))
            #expect(!list.contains(secret))
            let number = try #require(list.split(separator: " ").first)
            #expect(try await installation.broker("token", "revoke", String(number)).status == 0)
            #expect(try await robot.get("/commands").status == 401)
            #expect(try await installation.broker("token", "revoke", String(number)).status != 0)
            #expect(try await installation.broker("token", "create", "--user", "x", "--role", "NONE").status != 0)

            let short = try await installation.broker("token", "create", "--user", "robot", "--expires", "1s").out
            let brief = installation.bearer(short.trimmingCharacters(in: .whitespacesAndNewlines))
            try await waitUntil("the token's end") { try await brief.get("/commands").status == 401 }
        }
    }

    @Test func `purge removes old executions and their files, and no running ones`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let old = try await ann.start("greet")
            _ = try await ann.settled(old)
            let running = try await ann.start("sleep", "600")
            #expect(try await installation.broker("purge").status != 0)
            #expect(try await installation.broker("purge", "--older-than", "1h").out == "0 executions removed.\n")
            #expect(try await ann.get("/execute/\(old)?offset=0").status == 200)
            // The store keeps times in seconds.
            try await waitUntil("the first execution is old enough") {
                try await installation.broker("purge", "--older-than", "1s").out == "1 execution removed.\n"
            }
            #expect(try await ann.get("/execute/\(old)?offset=0").status == 404)
            #expect(try await ann.row(running).status == .running)
            for folder in ["logs", "jobs"] {
                let names = try FileManager.default.contentsOfDirectory(atPath: "\(installation.storage)/\(folder)")
                #expect(names.allSatisfy { $0.hasPrefix(running.description) }, "\(names)")
            }
        }
    }

    @Test func `one broker watches an instance, and a second one exits at once`() async throws {
        try await Installation.run { installation in
            let first = try await installation.startBroker()
            let second = try await installation.broker("watch", "--for", "60")
            #expect(second.status == 0)
            #expect(second.out + second.errors == "")
            #expect(first.ending == nil)
            first.signal(SIGKILL)
            _ = try await first.ended()
            // The kernel has released its lock, so the next broker can take it.
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            _ = try await installation.startBroker()
        }
    }

    @Test func `settle settles an ended job, and reports a running or unknown one`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let running = try await ann.start("await", "go")
            for uuid in [running, JobUUID()] {
                let output = try await installation.broker("settle", uuid.description)
                #expect(output.status == 3)
                #expect(output.out.contains("is still running, or is not a job of this instance"))
            }
            #expect(try await installation.broker("settle", "../../etc/passwd").status == 64)
            try installation.touch("go")
            _ = try await ann.settled(running)
            #expect(try await installation.broker("settle", running.description).status == 0)
        }
    }

    @Test func `every subcommand has a help text`() async throws {
        try await Installation.run { installation in
            let top = try await installation.broker("--help")
            #expect(top.status == 0)
            let named = top.out.matches(of: #/(?m)^  ([a-z]+)(?:, [a-z]+)? {2,}/#).map { String($0.1) }
            let known = ["watch", "settle", "kill", "history", "log", "commands", "check", "migrate", "purge", "token"]
            #expect(Set(known).isSubset(of: named))
            let all = named.filter { $0 != "help" }.map { [$0] } + ["create", "list", "revoke"].map { ["token", $0] }
            for words in all {
                let help = try await installation.broker(words + ["--help"])
                #expect(help.status == 0, "\(words)")
                #expect(help.out.contains("USAGE: remotisan-broker \(words.joined(separator: " "))"), "\(words)")
                #expect(help.out.contains("OVERVIEW:"), "\(words)")
            }
            let wrong = try await installation.broker("watch", "--nonsense")
            #expect(wrong.status == 64)
            let responder = try installation.spawn([Places.programs + "/remotisan-fcgi", "--help"], output: "help.log")
            #expect(try await responder.ended() == .code(0))
        }
    }

    @Test func `export page copies the page's files and keeps edited ones`() async throws {
        try await Installation.run { installation in
            let directory = "\(installation.work)/views"
            let first = try await installation.broker("export", "page", directory)
            #expect(first.status == 0)
            let page = try String(contentsOfFile: directory + "/index.html", encoding: .utf8)
            #expect(page.contains("{{csrf}}"))
            #expect(FileManager.default.fileExists(atPath: directory + "/main.js"))

            try "edited".write(toFile: directory + "/page.css", atomically: false, encoding: .utf8)
            let second = try await installation.broker("export", "page", directory)
            #expect(second.out.contains("kept: page.css"))
            #expect(try String(contentsOfFile: directory + "/page.css", encoding: .utf8) == "edited")
            #expect(try await installation.broker("export", "page", directory, "--force").status == 0)
            #expect(try String(contentsOfFile: directory + "/page.css", encoding: .utf8) != "edited")
        }
    }

    @Test func `revoking a token cancels what it queued, unless it is kept`() async throws {
        let hold = "roles: [\"*\"], run: [\(Places.fixtures)/await], max_running: 1, when_full: queue"
        try await Installation.run(.nginx, SampleConfiguration(commands: ["hold": hold])) { installation in
            func token(_ name: String) async throws -> Visitor {
                let made = try await installation.broker(
                    "token", "create", "--user", "robot", "--role", "SUPPORT", "--name", name)
                return installation.bearer(made.out.trimmingCharacters(in: .whitespacesAndNewlines))
            }
            let ann = try await installation.person("ann")
            _ = try await ann.start("hold", "go")
            let own = try await ann.start("hold", "go")
            var queued: [JobUUID] = []
            for name in ["one", "two", "three", "four"] { queued.append(try await token(name).start("hold", "go")) }
            let history = try await installation.broker("history").out
            #expect(history.contains("robot by token 1 (one)"))

            let first = try await installation.broker("token", "revoke", "1")
            #expect(first.out == "Token 1 is revoked.\n1 queued execution cancelled.\n")
            #expect(try await ann.row(queued[0]).status == .killed)
            let second = try await installation.broker("token", "revoke", "2", "--keep-queued")
            #expect(second.out.contains("Not affected: 1 execution."))
            #expect(try await ann.row(queued[1]).status == .queued)
            // On a terminal a person is asked.
            for (number, answer, status) in [(3, "n", Status.queued), (4, "y", Status.killed)] {
                let command = [
                    "/bin/sh", "-c",
                    "echo \(answer) | script -qec \"\(Places.programs)/remotisan-broker token revoke \(number) --config "
                        + "\(installation.configuration)\" /dev/null",
                ]
                let process = try installation.spawn(
                    command, environment: ["PATH": "/usr/bin:/bin"], output: "terminal.log")
                #expect(try await process.ended() == .code(0))
                let text = String(decoding: ProcessFacts.read(installation.directory + "/terminal.log"), as: UTF8.self)
                #expect(text.contains("The token has queued 1 execution. Cancel them? [y/n]"), "\(text)")
                #expect(try await ann.row(queued[number - 1]).status == status)
            }
            #expect(try await ann.row(own).status == .queued)
            try installation.touch("go")
            for uuid in [own, queued[1], queued[2]] { #expect(try await ann.settled(uuid).status == .completed) }
        }
    }

    @Test func `a token has only the rights that its creation names`() async throws {
        try await Installation.run(.nginx, SampleConfiguration(top: "tokens: { max_age: 30d }")) { installation in
            func create(_ arguments: String...) async throws -> Installation.Output {
                try await installation.broker(["token", "create"] + arguments)
            }
            let plain = try await create("--user", "carol")
            #expect(plain.errors.contains("carol is a super user, but this token is not."))
            let full = try await create("--user", "carol", "--super-user")
            func status(_ output: Installation.Output) async throws -> Int {
                let secret = output.out.trimmingCharacters(in: .whitespacesAndNewlines)
                return try await installation.bearer(secret).get("/metrics").status
            }
            #expect(try await status(plain) == 404)
            #expect(try await status(full) == 200)
            let list = try await installation.broker("token", "list").out.split(separator: "\n")
            try #require(list.count == 2)
            #expect(list[0].contains("1  carol  []  expires 2"))
            #expect(list[1].contains("2  carol  [] super user  expires 2"))
            #expect(list[1].contains(#/last used 2\d\d\d-/#))
            #expect(try await create("--user", "x", "--expires", "31d").errors.contains("tokens.max_age"))
            #expect(try await create("--user", "x", "--expires", "30d").status == 0)
            for name in ["", "a\nb", "jos\u{FFFD}"] { #expect(try await create("--user", name).status == 64) }
            let bytes = try installation.spawn(
                [
                    "/bin/sh", "-c",
                    "exec \(Places.programs)/remotisan-broker token create --user \"$(printf 'jos\\351')\" --config "
                        + installation.configuration,
                ], environment: ["PATH": "/usr/bin:/bin"], output: "bytes.log")
            #expect(try await bytes.ended() == .code(64))
            let text = String(decoding: ProcessFacts.read(installation.directory + "/bytes.log"), as: UTF8.self)
            #expect(text == "remotisan-broker: Argument 4 is not UTF-8.\n")
        }
    }
}
