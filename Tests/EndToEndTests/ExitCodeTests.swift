import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// The exit codes of the broker, as docs/command-line.md lists them.
@Suite struct ExitCodeTests {
    private func expect(
        _ code: Int32, _ calls: [[String]], _ installation: Installation,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        for words in calls {
            let output = try await installation.broker(words)
            #expect(output.status == code, "\(words): \(output.errors)", sourceLocation: sourceLocation)
            if code > 0, code != 3, words.first != "check" {
                #expect(!output.errors.isEmpty, "\(words)", sourceLocation: sourceLocation)
            }
        }
    }

    @Test func `each kind of failure has its exit code`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let ended = try await ann.start("greet")
            _ = try await ann.settled(ended)
            let running = try await ann.start("await", "go")
            let unknown = "\(JobUUID())"
            try await expect(
                0, [["history"], ["show", "\(ended)"], ["log", "\(ended)"], ["settle", "\(ended)"], ["check"]],
                installation)
            try await expect(
                1, [["purge"], ["check", "--config", "/none.yaml"], ["history", "--config", "/none.yaml"]],
                installation)
            try await expect(3, [["settle", "\(running)"], ["settle", unknown]], installation)
            try await expect(
                4, [["kill", "\(ended)"], ["backup", installation.configuration], ["instances", "renew"]], installation
            )
            try await expect(
                64,
                [["history", "--nonsense"], ["nonsense"], ["kill"], ["show", "x"], ["purge", "--older-than", "9"]],
                installation)
            try await expect(
                66,
                [
                    ["kill", unknown], ["log", unknown], ["show", unknown], ["token", "revoke", "7"],
                    ["instances", "close", unknown], ["audit", "list", "--instance", unknown],
                ], installation)
            try installation.touch("go")
            _ = try await ann.settled(running)

            let anchor = try await installation.broker("audit", "anchor").out.split(separator: "\n")[0]
            let forged = anchor.dropLast() + (anchor.hasSuffix("0") ? "1" : "0")
            #expect(try await installation.broker("audit", "verify", "--anchor", "\(forged)").status == 2)

            // A log that the retention of another tool has removed.
            unlink(try installation.files(ended).log)
            try await expect(66, [["log", "\(ended)"]], installation)

            let unreachable = installation.directory + "/unreachable.yaml"
            try String(contentsOfFile: installation.configuration, encoding: .utf8)
                .appending("\ndatabase: postgresql://nobody@127.0.0.1:\(Ports.take())/none\n")
                .write(toFile: unreachable, atomically: false, encoding: .utf8)
            for words in [
                ["history"], ["show", "\(ended)"], ["token", "list"], ["purge", "--older-than", "9d"],
                ["watch", "--for", "0"],
            ] {
                let output = try await installation.broker(words + ["--config", unreachable])
                #expect(output.status == 69, "\(words): \(output.errors)")
                let last = output.errors.split(separator: "\n").last
                #expect(last?.hasPrefix("remotisan-broker: The store") ?? false, "\(words): \(output.errors)")
            }
        }
    }

    @Test func `an unknown option is an error in the journal, too`() async throws {
        try await Installation.run { installation in
            let journal = [
                "/bin/bash", "-c", #"JOURNAL_STREAM=$(stat -Lc %d:%i /proc/self/fd/2) exec "$@""#, "bash",
            ]
            let output = try await installation.broker(["history", "--nonsense"], by: journal)
            #expect(output.status == 64)
            let lines = output.errors.split(separator: "\n")
            #expect(lines.count >= 2 && lines.allSatisfy { $0.hasPrefix("<3>") }, "\(output.errors)")
            let help = try await installation.broker(["history", "--help"], by: journal)
            #expect(help.status == 0 && help.out.contains("OVERVIEW") && help.errors.isEmpty)
        }
    }

    @Test func `purge --dry-run counts what purge removes, and removes nothing`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let uuids = [try await ann.start("flood", "100000"), try await ann.start("greet")]
            for uuid in uuids { _ = try await ann.settled(uuid) }
            let running = try await ann.start("sleep", "600")
            _ = try await ann.post("/execute", ["command": "deploy", "params": "now"])
            func counted() async throws -> [String: JSONValue] {
                try #require(try await installation.json("purge", "--older-than", "1s", "--dry-run").first)
            }
            try await waitUntil("they are old enough") { try await counted()["executions"] == .number(2) }
            try await waitUntil("the refusal is old enough") { try await counted()["refusals"] == .number(1) }
            let space = try uuids.map { try installation.files($0).diskSpace }.reduce(0, +)
            #expect(try await counted()["bytes"] == .number(Double(space)))
            let text = try await installation.broker("purge", "--older-than", "1s", "--dry-run").out
            #expect(text == "2 executions with \(space) bytes of files and 1 refused attempt would be removed.\n")
            for uuid in uuids {
                #expect(access(try installation.files(uuid).log, F_OK) == 0)
                #expect(try await installation.broker("show", "\(uuid)").status == 0)
            }
            let removed = try await installation.json("purge", "--older-than", "1s")
            #expect(removed.first?["executions"] == .number(2))
            #expect(try await ann.row(running).status == .running)
        }
    }

    @Test func `export writes nothing into the current directory`() async throws {
        try await Installation.run { installation in
            for kind in ["config", "nginx", "apache", "systemd", "cron"] {
                let before = try FileManager.default.contentsOfDirectory(atPath: installation.directory)
                let process = try installation.spawn(
                    [
                        "/bin/sh", "-c",
                        "cd \(installation.work) && exec \(installation.programs)/remotisan-broker export \(kind) "
                            + "--config \(installation.configuration)",
                    ], output: "exported-\(kind)")
                #expect(try await process.ended() == .code(0))
                #expect(try FileManager.default.contentsOfDirectory(atPath: installation.work).isEmpty)
                #expect(
                    Set(try FileManager.default.contentsOfDirectory(atPath: installation.directory))
                        == Set(before + ["exported-\(kind)"]))
                let text = ProcessFacts.text("\(installation.directory)/exported-\(kind)")
                #expect(text.contains("remotisan") && !text.contains("files written"), "\(text)")
            }
            let units = ProcessFacts.text("\(installation.directory)/exported-systemd")
            for name in ["remotisan.service", "remotisan.socket"] { #expect(units.contains("### \(name)\n")) }
            #expect(!ProcessFacts.text("\(installation.directory)/exported-cron").contains("###"))
            #expect(try await installation.broker("export", "cron", "--force").status == 1)
        }
    }
}
