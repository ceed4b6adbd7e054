import Foundation
import TestSupport
import Testing

@testable import Core

/// What the programs write to standard error if that is the journal (systemd.exec(5), sd-daemon(3)).
@Suite struct JournalTests {
    /// Runs a program with standard error as its journal.
    private static let inJournal = [
        "/bin/bash", "-c", #"JOURNAL_STREAM=$(stat -Lc %d:%i /proc/self/fd/2) exec "$@""#, "bash",
    ]

    @Test func `lines of the responder begin with their level and have no time stamp`() async throws {
        try await Installation.run { installation in
            try installation.spawn(
                Self.inJournal + [
                    installation.programs + "/remotisan-fcgi", "--config", installation.configuration, "--listen",
                    "unix:\(installation.directory)/second.sock",
                ], output: "second.out", errors: "second.err")
            let path = installation.directory + "/second.err"
            try await waitUntil("the responder is ready") { !ProcessFacts.read(path).isEmpty }
            let text = String(decoding: ProcessFacts.read(path), as: UTF8.self)
            #expect(text.hasPrefix("<5>ready threads="))
        }
    }

    @Test func `an error of the broker has the level of an error`() async throws {
        try await Installation.run { installation in
            let output = try await installation.broker(
                ["watch", "--config", "/nonexistent/a.yaml"], by: Self.inJournal)
            #expect(output.status == 1)
            #expect(output.errors.hasPrefix("<3>"))
            #expect(!output.errors.contains("remotisan-broker: "))
        }
    }

    @Test func `a program that redirects the standard error of a service writes no levels`() async throws {
        try await Installation.run { installation in
            let output = try await installation.broker(
                ["watch", "--config", "/nonexistent/a.yaml"], environment: ["JOURNAL_STREAM": "1:1"])
            #expect(output.errors.hasPrefix("remotisan-broker: "))
        }
    }

    @Test func `a service that cannot start writes the reason once, and ends when the configuration changes`()
        async throws
    {
        try await Installation.run { installation in
            let file = installation.directory + "/bad.yaml"
            try "colour: red\n".write(toFile: file, atomically: false, encoding: .utf8)
            let process = try installation.spawn(
                Self.inJournal + [
                    installation.programs + "/remotisan-fcgi", "--config", file, "--listen",
                    "unix:\(installation.directory)/never.sock",
                ], environment: ["INVOCATION_ID": "1"], output: "failed.out", errors: "failed.err")
            let path = installation.directory + "/failed.err"
            try await waitUntil("the reason") { ProcessFacts.text(path).contains("colour: this key is unknown") }
            try await waitUntil("it sleeps") { ProcessTable.entry(process.pid)?.state == "S" }
            #expect(process.ending == nil)
            try "colour: green\n".write(toFile: file, atomically: false, encoding: .utf8)
            #expect(try await process.ended() == .code(1))
            #expect(ProcessFacts.text(path).split(separator: "\n").count == 1)
        }
    }

    @Test func `each line of a text is an entry of its own`() {
        #expect(JournalLogHandler.entry("one\ntwo\r\n\n<0>three", .warning) == "<4>one\n<4>two\n<4><0>three\n")
    }
}
