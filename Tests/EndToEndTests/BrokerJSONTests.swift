import Foundation
import TestSupport
import Testing

@testable import Core

/// `--json`: the keys are documented in docs/command-line.md, and scripts rely on them.
@Suite struct BrokerJSONTests {
    private static let documentation =
        (try? String(contentsOfFile: Places.repository + "/docs/command-line.md", encoding: .utf8)) ?? ""

    /// Checks that an object has the keys that the documentation lists in the section of a command.
    private func expectKeys(_ object: [String: JSONValue]?, of section: String) throws {
        let object = try #require(object, "\(section)")
        let text = try #require(
            Self.documentation.components(separatedBy: "\n#### ").first { $0.hasPrefix("`\(section)`\n") }, "\(section)"
        )
        let keys = text.matches(of: #/(?m)^\| `([a-z_]+)` \|/#).map { String($0.1) }
        #expect(Set(object.keys) == Set(keys), "\(section)")
    }

    @Test func `history prints one object a line, with all keys and nothing else`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("greet", "'a\u{1B}[31m é\u{202E}'")
            _ = try await ann.settled(uuid)
            let failed = try await ann.start("ends", "9")
            _ = try await ann.settled(failed)
            _ = try await ann.post("/execute", ["command": "deploy", "params": "now"])

            let text = try await installation.broker("history", "--json")
            #expect(text.out.utf8.allSatisfy { $0 == 0x0A || (0x20..<0x7F).contains($0) })
            let rows = try JSONOutput.objects(in: text.out)
            try #require(rows.count == 2)
            try expectKeys(rows[0], of: "history --json")
            #expect(rows[0]["job_uuid"] == .text("\(failed)"))
            #expect(rows[0]["status"] == .text("failed"))
            #expect(rows[0]["exit_code"] == .number(9))
            #expect(rows[0]["signal"] == .null)
            #expect(rows[1]["parameters"]?.texts.first?.contains("a\u{1B}[31m é\u{202E}") ?? false)
            #expect(try await installation.json("history", "--all").count == 2)
            let refused = try await installation.json("history", "--refused")
            try expectKeys(refused.first, of: "history --refused --json")
            #expect(refused.first?["command"] == .text("deploy"))
            #expect(try await installation.broker("history", "--status", "queued", "--json").out.isEmpty)
        }
    }

    @Test func `show, commands, tokens, instances, purge, check and doctor print one JSON value`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("greet", "x")
            _ = try await ann.settled(uuid)
            let shown = try await installation.json("show", "\(uuid)")
            #expect(shown.count == 1)
            try expectKeys(shown.first, of: "show --json")
            #expect(shown.first?["kill"] == .null)
            guard case .list(let files)? = shown.first?["files"] else {
                Issue.record("files is no list")
                return
            }
            #expect(files.contains { $0.member("path")?.texts == ["\(installation.storage)/logs/\(uuid).log"] })

            let commands = try await installation.json("commands")
            try expectKeys(commands.first, of: "commands --json")
            #expect(commands.contains { $0["name"] == .text("greet") && $0["run"]?.texts == ["echo", "Hello"] })

            #expect(try await installation.broker("token", "list", "--json").out == "[]\n")
            for name in ["one", "two"] {
                _ = try await installation.broker("token", "create", "--user", "ci", "--name", name)
            }
            let tokens = try await installation.json("token", "list")
            #expect(tokens.map { $0["name"] } == [.text("one"), .text("two")])
            try expectKeys(tokens.first, of: "token list --json")
            #expect(tokens[0]["expires_at"] == .null)

            try expectKeys(try await installation.json("instances").first, of: "instances --json")
            let purge = try await installation.json("purge", "--older-than", "1h", "--dry-run")
            try expectKeys(purge.first, of: "purge --dry-run --json")
            let verified = try await installation.json("audit", "verify")
            try expectKeys(verified.first, of: "audit verify --json")
            #expect(verified.first?["fits"] == .truth(true))
            let listed = try await installation.broker("audit", "list", "--json")
            #expect(listed.out == (try await installation.broker("audit", "export").out))
            #expect(try JSONOutput.objects(in: listed.out).count > 1)

            try expectKeys(try await installation.json("check").first, of: "check --json")
            let bad = installation.directory + "/bad.yaml"
            try "storage: /s\ncolour: red\n".write(toFile: bad, atomically: false, encoding: .utf8)
            let output = try await installation.broker("check", "--json", "--config", bad)
            #expect(output.status == 1)
            let errors = try JSONOutput.objects(in: output.out)
            try expectKeys(errors.first, of: "check --json")
            guard case .list(let problems)? = errors.first?["errors"] else {
                Issue.record("errors is no list")
                return
            }
            #expect(problems.first?.member("line") == .number(2))
            #expect(problems.first?.member("key") == .text("colour"))
            let found = try await installation.json("doctor", "--etc", installation.directory + "/none")
            try expectKeys(found.first, of: "doctor --json")
        }
    }

    @Test func `refresh prints what each program answered`() async throws {
        let choose = """
            roles: ["*"], run: [echo], parameters: [{ name: a, type: choice, choices_from: [sh, -c, 'exit 3'] }]
            """
        try await Installation.run(.nginx, SampleConfiguration(commands: ["choose": choose])) { installation in
            let output = try await installation.broker("refresh", "--json")
            #expect(output.status == 1)
            let outcomes = try JSONOutput.objects(in: output.out)
            #expect(outcomes.count == 1)
            try expectKeys(outcomes.first, of: "refresh --json")
            #expect(outcomes.first?["problem"]?.texts.first?.contains("exit code 3") ?? false)
        }
    }
}

extension JSONValue {
    /// A member of an object; nil if there is none.
    fileprivate func member(_ key: String) -> JSONValue? {
        guard case .object(let object) = self else { return nil }
        return object[key]
    }
}
