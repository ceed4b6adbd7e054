import Foundation
import Testing

@testable import Core

/// The output of the broker's subcommands.
@Suite struct BrokerOutputTests {
    @Test func `output neutralises escape sequences and line breaks from users`()
        async throws
    {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("greet", "\u{1B}]0;mine\u{7}\n2026-01-01  faked")
            _ = try await ann.settled(uuid)
            _ = try await ann.post("/execute", ["command": "no\u{1B}[31m\nsuch", "params": "\u{9B}2J"])

            for words in [["history"], ["history", "--refused"]] {
                let output = try await installation.broker(words)
                #expect(output.out.contains("greet ") || output.out.contains("such"))
                let controls = output.out.unicodeScalars.filter { $0.properties.generalCategory == .control }
                #expect(controls.allSatisfy { $0 == "\n" }, "\(words)")
                let lines = output.out.split(separator: "\n")
                #expect(!lines.contains { $0.hasPrefix("2026-01-01") || $0.hasPrefix("such") })
            }
        }
    }

    @Test func `a missing thing is reported in one sentence without the usage`() async throws {
        try await Installation.run { installation in
            let unknown = JobUUID().description
            let calls: [([String], Int32)] = [
                (["kill", unknown], 66), (["log", unknown], 66), (["token", "revoke", "7"], 66), (["purge"], 1),
                (["token", "create", "--user", "ci", "--role", "NONE"], 1),
            ]
            for (words, status) in calls {
                let output = try await installation.broker(words)
                #expect(output.status == status, "\(words)")
                #expect(output.out.isEmpty, "\(words)")
                #expect(output.errors.hasPrefix("remotisan-broker: "), "\(words): \(output.errors)")
                #expect(output.errors.split(separator: "\n").count == 1, "\(words): \(output.errors)")
            }
        }
    }

    @Test func `an invalid argument is reported with the usage of the subcommand`() async throws {
        try await Installation.run { installation in
            let calls = [
                ["kill", "../../etc/passwd"], ["log", "x"], ["settle", "x"], ["history", "--status", "over"],
                // An age without a unit could mean days or seconds.
                ["purge", "--older-than", "90"], ["token", "create", "--user", "ci", "--expires", "90"],
                ["token", "create", "--user", "ci", "--expires", "0s"], ["token", "create", "--user", ""],
            ]
            for words in calls {
                let output = try await installation.broker(words)
                #expect(output.status == 64, "\(words)")
                #expect(output.errors.contains("Usage: remotisan-broker \(words[0]) "), "\(words): \(output.errors)")
            }
            #expect(try await installation.broker("history", "--status", "KILLED").out == "0 in total\n")
        }
    }

    @Test func `commands and tokens are listed in readable form`() async throws {
        try await Installation.run { installation in
            _ = try await installation.broker("token", "create", "--user", "ci", "--role", "DEV_OPS")
            #expect(try await installation.broker("token", "list").out.contains("  ci  [DEV_OPS]  expires never"))
            let commands = try await installation.broker("commands").out
            #expect(commands.contains("greet  [SUPPORT]  echo Hello\n"))
            #expect(commands.contains("ends  [*]  sh -c 'exit \"$0\"'\n"))
        }
    }
}
