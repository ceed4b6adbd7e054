import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// What a person sees who runs the broker in a terminal, and what a script gets.
@Suite struct BrokerTerminalTests {
    @Test func `a terminal shows headings, colours, durations and local times, and a pipe none of them`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("greet", "日本")
            _ = try await ann.settled(uuid)
            let zone = ["TZ": "UTC-5:30"]
            let shown = try await installation.onTerminal(["history"], environment: zone)
            let lines = shown.text.split(separator: "\n").map(String.init)
            try #require(lines.count == 3, "\(shown.text)")
            #expect(lines[0].contains(#/^STARTED +JOB +STATUS +END +DURATION +USER +COMMAND$/#), "\(lines[0])")
            #expect(lines[1].contains("\u{1B}[32mcompleted\u{1B}[0m  exit 0"), "\(lines[1].debugDescription)")
            #expect(lines[1].contains(#/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+05:30  /#), "\(lines[1])")
            #expect(lines[1].contains(#/ exit 0 +\d+ s +ann +greet '?日本/#), "\(lines[1])")
            #expect(lines[2] == "1 in total")
            for variables in [["NO_COLOR": "1"], ["TERM": "dumb"]] {
                let plain = try await installation.onTerminal(["history"], environment: variables)
                #expect(!plain.text.contains("\u{1B}"), "\(variables)")
                #expect(plain.text.contains("STARTED"))
            }
            let utc = try await installation.onTerminal(["history", "--utc"], environment: zone)
            #expect(utc.text.contains(#/\n\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ  /#), "\(utc.text)")

            let piped = try await installation.broker(["history"], environment: zone)
            let row = try #require(piped.out.split(separator: "\n").first)
            #expect(row.contains(#/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ  [0-9a-f-]{36}  completed  exit 0  ann  greet/#))
            #expect(!piped.out.contains("\u{1B}") && !piped.out.contains("STARTED"))
        }
    }

    @Test func `every table has headings on a terminal`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            _ = try await ann.post("/execute", ["command": "deploy", "params": "now"])
            _ = try await installation.broker("token", "create", "--user", "ci")
            _ = try await installation.broker("watch", "--for", "0")
            let tables = [
                (["history", "--refused"], "TIME"), (["commands"], "COMMAND"), (["token", "list"], "NUMBER"),
                (["instances"], "UUID"), (["audit", "list"], "NUMBER"),
            ]
            for (words, heading) in tables {
                let shown = try await installation.onTerminal(words)
                #expect(shown.text.hasPrefix(heading + " "), "\(words): \(shown.text)")
                #expect(shown.status == 0)
            }
            // JSON stays JSON.
            let json = try await installation.onTerminal(["commands", "--json"])
            #expect(try JSONOutput.objects(in: json.text).contains { $0["name"] == .text("greet") })
        }
    }

    @Test func `a table goes through the pager of the person, unless it is turned off`() async throws {
        try await Installation.run { installation in
            let file = installation.work + "/paged"
            let pager = ["PAGER": "{ echo \"LESS=$LESS secure=$LESSSECURE\"; cat; } > \(file)"]
            let paged = try await installation.onTerminal(["commands"], environment: pager)
            #expect(paged.text.isEmpty && paged.status == 0, "\(paged.text)")
            let text = String(decoding: ProcessFacts.read(file), as: UTF8.self)
            #expect(text.hasPrefix("LESS=FRX secure=1\nCOMMAND"), "\(text)")
            #expect(text.contains("\ngreet "))

            unlink(file)
            let direct = try await installation.onTerminal(["commands", "--no-pager"], environment: pager)
            #expect(direct.text.hasPrefix("COMMAND"))
            #expect(try await installation.broker(["commands"], environment: pager).out.contains("greet  ["))
            #expect(access(file, F_OK) != 0)
            // A pager that does not exist, and one that leaves at once.
            let missing = try await installation.onTerminal(["commands"], environment: ["PAGER": "no-such-pager"])
            #expect(missing.text.contains("\ngreet "), "\(missing.text)")
            let left = try await installation.onTerminal(["commands"], environment: ["PAGER": "true"])
            #expect(!left.text.contains("remotisan-broker:"), "\(left.text)")
        }
    }

    @Test func `a full disk behind standard output is an error of every command that prints`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("greet")
            _ = try await ann.settled(uuid)
            let calls = [
                "history", "history --json", "history --all", "show \(uuid)", "log \(uuid)", "log --times \(uuid)",
                "log --follow \(uuid)", "commands", "commands --json", "instances", "audit list", "audit export",
                "audit verify", "audit anchor", "token list --help", "check", "check --json", "doctor --json",
                "purge --older-than 9d --dry-run", "export config", "--help", "--version", "history --help",
            ]
            for call in calls {
                let output = try await redirected("\(call) > /dev/full", installation)
                #expect(output.status == 74, "\(call): \(output.text)")
                #expect(output.text.contains("Standard output cannot be written: No space left on device."), "\(call)")
                #expect(output.text.split(separator: "\n").count == 1, "\(call): \(output.text)")
            }
            let closed = try await redirected("history >&-", installation)
            #expect(closed.status == 74, "\(closed.text)")
            #expect(closed.text.contains("Standard output cannot be written"))
        }
    }

    @Test func `a reader that leaves early causes no message`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            for _ in 0..<3 { _ = try await ann.settled(try await ann.start("greet")) }
            for start in ["", "trap '' PIPE; "] {
                let output = try await redirected("audit export | true", installation, before: start)
                #expect(output.text.isEmpty, "\(start): \(output.text)")
                let head = try await redirected("history | head -n 1", installation, before: start)
                #expect(head.text.split(separator: "\n").count == 1, "\(start): \(head.text)")
            }
        }
    }

    /// Runs the broker in a shell. The result has both outputs.
    private func redirected(
        _ words: String, _ installation: Installation, before: String = ""
    ) async throws -> (text: String, status: Int32) {
        let name = "redirected-\(UInt32.random(in: 0 ... .max)).log"
        let needsConfiguration = !words.contains("--help") && !words.contains("--version")
        let configuration = needsConfiguration ? "REMOTISAN_CONFIG=\(installation.configuration) " : ""
        let process = try installation.spawn(
            ["/bin/sh", "-c", "\(before)\(configuration)\(installation.programs)/remotisan-broker \(words)"],
            output: name)
        let ending = try await process.ended(limit: .seconds(60))
        guard case .code(let status) = ending else { throw ProcessEndedError(what: "The broker", ending: ending) }
        return (String(decoding: ProcessFacts.read("\(installation.directory)/\(name)"), as: UTF8.self), status)
    }
}
