import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// Parameters whose choices come from a program.
@Suite struct ChoiceTests {
    /// A program that prints a file of the test.
    private struct Program {
        private let file = "/tmp/rms-choices-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        private var brake: String { file + ".hang" }

        /// The program in the configuration.
        var run: String { #"[sh, -c, 'while test -e "$0.hang"; do sleep 0.05; done; exec cat "$0"', \#(file)]"# }

        func list(_ text: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
            chmod(file, 0o644)
        }

        /// Makes the program hang until it is continued.
        func hang() throws { try Data().write(to: URL(fileURLWithPath: brake)) }

        func goOn() { unlink(brake) }

        func remove() { unlink(file) }

        /// Whether the program is running.
        var isAsked: Bool {
            ProcessTable().entries.keys.contains { ProcessFacts(pid: $0).arguments.contains(Array(file.utf8)) }
        }
    }

    /// An installation with a command whose choices come from the program.
    ///
    /// Loading the page runs the program. Tests of the time before its first answer therefore let it hang from the
    /// start.
    private func run(
        _ more: String = "", cache: String = "1s", choices: String? = "main\nnext\tThe next one\n-x\n",
        hangs: Bool = false, _ body: (Installation, Visitor, Program) async throws -> Void
    ) async throws {
        let program = Program()
        defer {
            program.goOn()
            program.remove()
        }
        if let choices { try program.list(choices) }
        if hangs { try program.hang() }
        let entry = """
            roles: ["*"], run: [\(Places.fixtures)/print-argv], \(more) parameters: [{ name: branch, type: choice,
            choices_from: \(program.run), cache: \(cache) }]
            """
        try await Installation.run(.nginx, SampleConfiguration(commands: ["deploy": entry])) { installation in
            try await body(installation, try await installation.person("bob"), program)
        }
    }

    private struct Entry: Decodable {
        let definition: Definition
        struct Definition: Decodable { let args: [String: Argument] }
        struct Argument: Decodable {
            let type: String
            let choices: [String]
            let choice_labels: [String]?
            let choices_pending: Bool?
        }
    }

    private struct Catalogue: Decodable {
        let commands: [String: JSONValue]
    }

    private func branch(_ visitor: Visitor) async throws -> Entry.Argument {
        let entry = try #require(try await visitor.get("/commands").json(Catalogue.self).commands["deploy"])
        let data = try JSONEncoder().encode(entry)
        return try #require(try JSONDecoder().decode(Entry.self, from: data).definition.args["branch"])
    }

    private func execute(_ visitor: Visitor, _ params: String) async throws -> HTTPReply {
        try await visitor.post("/execute", ["command": "deploy", "params": params])
    }

    @Test func `a start before the first answer fails with "try again" and runs the program`() async throws {
        try await run(hangs: true) { _, bob, program in
            let early = try await execute(bob, "main")
            #expect(early.status == 422)
            #expect(early.text.contains("choices are still being loaded"))
            program.goOn()
            try await waitUntil("the answer") {
                try await bob.get("/health").text.contains(#""choices":["ok"]"#)
            }
            let listed = try await branch(bob)
            #expect(listed.type == "choice")
            #expect(listed.choices == ["main", "next", "-x"])
            #expect(listed.choice_labels == ["main", "The next one", "-x"])
            #expect(listed.choices_pending == nil)
            #expect(try await execute(bob, "next").status == 200)
            #expect(try await execute(bob, "other").status == 422)
            let dash = try await execute(bob, "-- -x")
            #expect(dash.status == 422)
            #expect(dash.text.contains("must not begin with a dash"))
        }
    }

    @Test func `a choice that begins with a dash is passed after --`() async throws {
        try await run("end_of_options: true,") { installation, bob, _ in
            #expect(try await installation.broker("refresh").status == 0)
            try await waitUntil("the choices") { try await branch(bob).choices.contains("-x") }
            let uuid = try await bob.start("deploy", "-- -x")
            _ = try await bob.settled(uuid)
            #expect(ProcessFacts.read(try installation.files(uuid).log) == Array("--\0-x\0".utf8))
        }
    }

    @Test func `new output of the program replaces the choices, without hostile lines`() async throws {
        try await run(hangs: true) { installation, bob, program in
            #expect(try await branch(bob).choices_pending == true)
            program.goOn()
            try await waitUntil("the first answer") { try await branch(bob).choices == ["main", "next", "-x"] }
            try program.list("two\n\u{1B}[2Jhostile\n<script>alert(1)</script>\n")
            try await waitUntil("the second answer") {
                try await branch(bob).choices == ["two", "<script>alert(1)</script>"]
            }
            #expect(try await execute(bob, "main").status == 422)
            #expect(try await execute(bob, "two").status == 200)
            try program.list("three\n")
            let asked = try await installation.broker("refresh")
            #expect(asked.status == 0)
            #expect(asked.out.contains("1 choices."), "\(asked.out)")
        }
    }

    @Test func `a failure of the program is reported, and the earlier choices stay`() async throws {
        try await run(choices: "one\n") { installation, bob, program in
            #expect(try await installation.broker("refresh").status == 0)
            program.remove()
            let output = try await installation.broker("refresh")
            #expect(output.status == 1)
            #expect(output.out.contains("it ended with exit code 1"), "\(output.out)")
            try await waitUntil("the failure is reported") {
                try await bob.get("/health").text.contains(#""choices":["failing"]"#)
            }
            #expect(try await branch(bob).choices == ["one"])
            #expect(try await execute(bob, "one").status == 200)
        }
    }

    @Test func `a program that hangs delays no request, and is killed`() async throws {
        try await run(choices: "one\n", hangs: true) { _, bob, program in
            #expect(try await branch(bob).choices_pending == true)
            #expect(try await execute(bob, "one").status == 422)
            try await waitUntil("the end of its time") {
                try await bob.get("/health").text.contains(#""choices":["failing"]"#)
            }
            program.goOn()
            try await waitUntil("it answers again") { try await branch(bob).choices == ["one"] }
        }
    }

    @Test func `refresh waits for a refresh in progress and then gets the newest choices`() async throws {
        try await run(choices: "old\n", hangs: true) { installation, bob, program in
            #expect(try await branch(bob).choices_pending == true)
            try await waitUntil("it is asked") { program.isAsked }
            async let asked = installation.broker("refresh")
            try program.list("new\n")
            program.goOn()
            let (status, output) = (try await asked.status, try await asked.out)
            #expect(status == 0)
            #expect(output.contains("1 choices."), "\(output)")
            try await waitUntil("the answer") { try await branch(bob).choices == ["new"] }
        }
    }

    @Test func `ten thousand choices work`() async throws {
        let many = (0..<10_000).map { "release/2026-\($0)\n" }.joined()
        try await run(cache: "1h", choices: many) { installation, bob, _ in
            #expect(try await installation.broker("refresh").status == 0)
            try await waitUntil("the choices") { try await branch(bob).choices.count == 10_000 }
            #expect(try await execute(bob, "release/2026-9999").status == 200)
            let other = try await execute(bob, "release/2026-10000")
            #expect(other.status == 422)
            #expect(other.text.utf8.count < 2000)
        }
    }
}
