import Foundation
import TestSupport
import Testing

@testable import Core

/// What an administrator installs is what works.
@Suite struct ShippedFilesTests {
    @Test func `the sample configuration is accepted`() async throws {
        try await Installation.run { installation in
            let shipped = Places.repository + "/config/remotisan.yaml"
            let output = try await installation.broker("check", "--config", shipped)
            #expect(output.status == 0, "\(output.out)\(output.errors)")
        }
    }

    @Test func `cron's line watches, settles and kills`() async throws {
        try await Installation.run { installation in
            let table = try String(contentsOfFile: Places.repository + "/cron/remotisan", encoding: .utf8)
            let lines = table.split(separator: "\n").filter { !$0.hasPrefix("#") }
            #expect(lines.count == 2)
            #expect(lines[0].hasPrefix("PATH="))
            let entry = try #require(lines[1].wholeMatch(of: #/\* \* \* \* \* (\S+) (.+)/#))
            #expect(entry.1 == "www-data")
            let command = String(entry.2)
                .replacingOccurrences(of: "/usr/bin/remotisan-broker", with: Places.programs + "/remotisan-broker")
                .replacingOccurrences(of: "/etc/remotisan/remotisan.yaml", with: installation.configuration)
            #expect(command.contains(installation.configuration))
            // cron hands the line to a shell.
            let cron = try installation.spawn(
                ["/bin/sh", "-c", "exec " + command], environment: ["PATH": String(lines[0].dropFirst(5))],
                output: "cron.log")
            try await waitUntil("cron's broker on watch") { installation.brokerIsOnWatch }

            let ann = try await installation.person("ann")
            let ended = try await ann.start("greet")
            #expect(try await ann.settled(ended).status == .completed)
            let endless = try await ann.start("sleep", "600")
            #expect(try await ann.kill(endless).status == 200)
            #expect(try await ann.settled(endless).status == .killed)
            #expect(cron.ending == nil)
            #expect(ProcessFacts.read(installation.directory + "/cron.log").isEmpty)
        }
    }
}
