import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// Commands of real consoles: Laravel and another Symfony application.
@Suite struct ConsoleTests {
    private func run(
        _ commands: [String: String] = ["demo:args": "roles: [\"*\"]"],
        _ body: (Installation, Visitor) async throws -> Void
    ) async throws {
        var sample = SampleConfiguration(commands: commands)
        sample.top += """

            consoles:
              - { kind: artisan, directory: \(Places.laravel) }
              - { kind: symfony, run: [php, bin/console], directory: \(Places.symfony), prefix: "other:" }
            """
        try await Installation.run(.nginx, sample) { installation in
            #expect(try await installation.broker("refresh").status == 0)
            let ann = try await installation.person("ann")
            try await waitUntil("the consoles' commands") { try await names(ann).contains("other:app:print") }
            try await body(installation, ann)
        }
    }

    private func names(_ visitor: Visitor) async throws -> Set<String> {
        Set(try await list(visitor).keys)
    }

    private func list(_ visitor: Visitor) async throws -> [String: JSONValue] {
        let answer = try await visitor.get("/commands").json([String: [String: JSONValue]].self)
        return try #require(answer["commands"])
    }

    /// The parameters of a command, by name.
    private func post(
        _ visitor: Visitor, _ path: String, _ body: String
    ) async throws -> HTTPReply {
        try await visitor.post(path, json: Data(body.utf8))
    }

    @Test func `only commands with roles exist, from the configuration and from attributes`() async throws {
        try await run { installation, ann in
            let own = try await names(ann)
            #expect(own.isSuperset(of: ["demo:args", "demo:greet", "other:app:print"]))
            #expect(own.isDisjoint(with: ["demo:echo", "env", "list", "help", "other:app:paint", "other:app:hidden"]))
            // The attribute of demo:greet names SUPPORT, and bob has only DEV_OPS.
            let bob = try await names(try await installation.person("bob"))
            #expect(bob.isSuperset(of: ["demo:args", "other:app:print"]))
            #expect(!bob.contains("demo:greet"))
            let refused = try await ann.post("/execute", ["command": "demo:echo", "params": "x"])
            #expect(refused.status == 400)
        }
    }

    @Test func `an entry has the shape that clients of the original read`() async throws {
        try await run(["demo:args": "roles: [\"*\"]", "demo:echo": "roles: [SUPPORT]"]) { _, ann in
            let entry = try #require(try await list(ann)["demo:echo"])
            let expected = """
                {"name":"demo:echo","definition":{"args":{"words":{"description":"What to print","default":[],
                "is_required":true,"is_array":true}},"ops":{"upper":{"description":"In capitals","accept_Value":false,
                "default":false,"is_required":false,"is_array":false},"times":{"description":"How often",
                "accept_Value":true,"default":"1","is_required":false,"is_array":false}}},"help":"",
                "description":"Print the words","usageManual":"demo:echo [-u|--upper] [--times [TIMES]] [--] <words>...",
                "timeout":null,"confirm":null,"title":null,"category":null}
                """
            #expect(try JSONDecoder().decode(JSONValue.self, from: Data(expected.utf8)) == entry)
            guard case .object(let greet)? = try await list(ann)["demo:greet"] else {
                Issue.record("demo:greet is missing")
                return
            }
            #expect(greet["help"] == .text("A green greeting."))
        }
    }

    @Test func `a console command runs with --ansi and --no-interaction and its arguments`() async throws {
        try await run(["demo:args": "roles: [\"*\"]", "other:app:paint": "roles: [\"*\"]"]) { installation, ann in
            let painted = try await ann.start("other:app:paint")
            #expect(try await ann.follow(painted).text == "\u{1B}[32mgreen\u{1B}[39m\n")
            let greeted = try await ann.start("demo:greet", "--loud Žofie")
            #expect(try await ann.follow(greeted).text == "\u{1B}[32mHELLO, ŽOFIE!\u{1B}[39m\n")
            let uuid = try await ann.start("demo:args", "'a b' '*' -- '--x' -")
            let printed = try await ann.follow(uuid).text
            #expect(
                try JSONDecoder().decode([String].self, from: Data(printed.utf8))
                    == ["artisan", "demo:args", "--no-interaction", "--ansi", "--", "a b", "*", "--x", "-"])
            #expect(try await ann.row(uuid).parameters == "'a b' '*' -- '--x' -")
            #expect(try await ann.settled(uuid).status == .completed)
        }
    }

    @Test func `the application sees the same values by name and as a line`() async throws {
        try await run { _, ann in
            let line = try await ann.start("other:app:print", "-t 'a b' --tag=c -d --level one two '$(id)'")
            let reply = try await post(
                ann, "/execute",
                #"{"command":"other:app:print","arguments":{"first":"two","others":["$(id)"]},"#
                    + #""options":{"tag":["a b","c"],"dry":true,"level":"one"}}"#)
            #expect(reply.status == 200, "\(reply.text)")
            let named = try #require(JobUUID(try reply.json([String: String].self)["id"] ?? ""))
            let expected =
                #"{"colour":null,"dry":true,"first":"two","level":"one","others":["$(id)"],"tag":["a b","c"]}"# + "\n"
            #expect(try await ann.follow(line).text == expected)
            #expect(try await ann.follow(named).text == expected)
            #expect(try await ann.row(named).parameters == "'--tag=a b' --tag=c --level=one --dry two '$(id)'")
        }
    }

    @Test func `values that the definition does not allow are refused by name, and nothing runs`() async throws {
        try await run(["demo:args": "roles: [\"*\"]", "demo:echo": "roles: [\"*\"]"]) { _, ann in
            let refused = [
                ("demo:echo", "", "words"), ("demo:echo", "--nope x", "nope"), ("demo:echo", "--upper=1 x", "upper"),
                ("demo:echo", "-z x", "z"), ("demo:echo", "--env=testing x", "env"),
                ("demo:echo", "-n x", "no-interaction"), ("demo:echo", "-vvv x", "verbose"),
                ("demo:echo", "--up x", "up"), ("demo:echo", "--times=1 --times=2 x", "times"),
                ("demo:echo", "-- --env=testing", "words"), ("demo:greet", "a b", "params"),
                ("demo:echo", "'x", "params"), ("other:app:print", "x --tag", "tag"),
                ("other:app:print", "--no-ansi x", "no-ansi"),
            ]
            for (command, line, field) in refused {
                for path in ["/execute", "/check"] {
                    let reply = try await ann.post(path, ["command": command, "params": line])
                    #expect(reply.status == 422, "\(path) \(command) \(line): \(reply.text)")
                    let errors = try reply.json(Refused.self).errors
                    #expect(errors.keys.sorted() == [field], "\(command) \(line): \(errors)")
                }
            }
            let strange = [
                #"{"command":"demo:echo","arguments":{"words":[["a"]]}}"#,
                #"{"command":"demo:echo","arguments":["a"]}"#,
                #"{"command":"demo:echo","params":"x","options":{"upper":true}}"#,
                #"{"command":"demo:echo","params":"x","shell":true}"#,
                #"{"command":"demo:echo","arguments":{"words":"x"},"options":{"upper":"yes"}}"#,
                #"{"command":"demo:echo","arguments":{"words":"a\u0000b"}}"#,
            ]
            for body in strange {
                let reply = try await post(ann, "/execute", body)
                #expect(reply.status == 422, "\(body): \(reply.text)")
            }
            #expect(try await ann.get("/history").json(History.self).total == 0)
        }
    }

    @Test func `check returns the argv and runs nothing`() async throws {
        try await run { _, ann in
            let reply = try await ann.post("/check", ["command": "other:app:print", "params": "-d -- -x '`id`'"])
            #expect(reply.status == 200, "\(reply.text)")
            let expected = [
                "php", "bin/console", "app:print", "--no-interaction", "--ansi", "--dry", "--", "-x", "`id`",
            ]
            #expect(try reply.json(Checked.self).argv == expected)
            #expect(try await ann.get("/history").json(History.self).total == 0)
        }
    }

    private struct Refused: Decodable {
        let errors: [String: [String]]
    }

    private struct Checked: Decodable {
        let argv: [String]
    }

    @Test func `unreadable roles are reported, and those of the configuration hold`() async throws {
        let sample = SampleConfiguration(
            top: """
                consoles:
                  - { kind: artisan, run: [\(Places.fixtures)/php-without-prepend, artisan], directory: \(Places.laravel) }
                """, commands: ["demo:args": "roles: [\"*\"]"])
        try await Installation.run(.nginx, sample) { installation in
            let output = try await installation.broker("refresh")
            #expect(output.status == 1)
            #expect(output.out.contains("the roles of its commands could not be read: it ended with exit code 9"))
            let ann = try await installation.person("ann")
            try await waitUntil("the console's commands") { try await names(ann).contains("demo:args") }
            #expect(try await !names(ann).contains("demo:greet"), "Only its attribute gives it roles.")
            #expect(try await ann.get("/health").text.contains(#""consoles":["failing"]"#))
        }
    }

    @Test func `a console that fails keeps its commands and is reported`() async throws {
        let flag = "/tmp/rms-broken-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        defer { unlink(flag) }
        let sample = SampleConfiguration(
            top: """
                consoles:
                  - { kind: symfony, run: [php, bin/console], directory: \(Places.symfony),
                      environment: { CONSOLE_BROKEN: \(flag) } }
                """)
        try await Installation.run(.nginx, sample) { installation in
            let ann = try await installation.person("ann")
            // Loading the list of commands has run the console.
            try await waitUntil("the list that the responder had made") {
                try await names(ann).contains("app:print")
            }
            #expect(try await ann.get("/health").text.contains(#""consoles":["ok"]"#))
            try Data().write(to: URL(fileURLWithPath: flag))
            let output = try await installation.broker("refresh")
            #expect(output.status == 1)
            #expect(output.out.contains("exit code 7: The configuration of the application is not readable."))
            try await waitUntil("the failing console in /health") {
                try await ann.get("/health").text.contains(#""consoles":["failing"]"#)
            }
            #expect(try await names(ann).contains("app:print"))
            unlink(flag)
            #expect(try await installation.broker("refresh").status == 0)
            try await waitUntil("the console is well again") {
                try await ann.get("/health").text.contains(#""consoles":["ok"]"#)
            }
        }
    }

    @Test func `text around the list and a description that is not UTF-8 hide no other command`() async throws {
        func console(_ variable: String, prefix: String) -> String {
            """

              - { kind: symfony, run: [php, -d, display_errors=1, bin/console], directory: \(Places.symfony),
                  environment: { \(variable): "1" }, prefix: "\(prefix):" }
            """
        }
        let sample = SampleConfiguration(
            top: "consoles:" + console("CONSOLE_NOTICES", prefix: "a") + console("CONSOLE_LATIN1", prefix: "b"),
            commands: ["b:app:street": "roles: [\"*\"]"])
        try await Installation.run(.nginx, sample) { installation in
            let output = try await installation.broker("refresh")
            #expect(output.status == 1)
            #expect(output.out.contains("it does not describe app:street in JSON, so it is missing"), "\(output.out)")
            let ann = try await installation.person("ann")
            try await waitUntil("the consoles' commands") {
                try await names(ann).isSuperset(of: ["a:app:print", "b:app:print"])
            }
            let commands = try await list(ann)
            #expect(commands["b:app:street"] == nil)
            // Commands that are listed one by one have the same definitions.
            guard case .object(let one)? = commands["a:app:print"], case .object(let other)? = commands["b:app:print"]
            else {
                Issue.record("app:print is missing")
                return
            }
            #expect(one["definition"] == other["definition"])
            #expect(one["definition"] != nil)
            let uuid = try await ann.start("b:app:print", "x")
            #expect(try await ann.follow(uuid).text.hasPrefix(#"{"colour":null"#))
            let refused = try await ann.post("/execute", ["command": "b:app:print", "params": "--quiet x"])
            #expect(refused.status == 422)
        }
    }
}
