import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// Scripts that open their own output again, by its path in /dev or /proc. Everything that they print is appended.
@Suite struct ReopenedOutputTests {
    /// Scripts, and what their logs contain.
    private static let scripts: [(script: String, log: String)] = [
        ("echo one; echo two >/dev/stderr; echo three", "one\ntwo\nthree\n"),
        ("echo one; echo two >/dev/stdout; echo three", "one\ntwo\nthree\n"),
        ("echo one; echo two >>/dev/stdout; echo three", "one\ntwo\nthree\n"),
        ("echo one; echo two | tee /dev/stderr; echo three", "one\ntwo\ntwo\nthree\n"),
        ("echo one; echo two | tee -a /dev/stderr; echo three", "one\ntwo\ntwo\nthree\n"),
        ("echo one; exec 2>/proc/self/fd/1; echo two >&2; echo three", "one\ntwo\nthree\n"),
        ("echo one; exec >/dev/stderr 2>&1; echo two; echo three >&2", "one\ntwo\nthree\n"),
        ("echo one; : >/dev/stdout; echo two", "one\ntwo\n"),
    ]

    /// Runs all scripts, each as arguments of `words`.
    private func expectAppending(_ words: [String] = [], isTerminal: Bool) async throws {
        var commands: [String: String] = [:]
        for (number, (script, _)) in Self.scripts.enumerated() {
            let run = (words + ["sh", "-c", "'\(script.replacing("'", with: "''"))'"]).joined(separator: ", ")
            commands["script-\(number)"] = "roles: [\"*\"], run: [\(run)], terminal: \(isTerminal)"
        }
        try await Installation.run(.nginx, SampleConfiguration(commands: commands)) { installation in
            let ann = try await installation.person("ann")
            for (number, expected) in Self.scripts.enumerated() {
                let uuid = try await ann.start("script-\(number)")
                let text = try await ann.follow(uuid).text
                // sudo warns if the name of this machine has no address.
                let lines = text.split(separator: "\n").filter { !$0.hasPrefix("sudo: ") }.map { $0 + "\n" }
                #expect(lines.joined() == expected.log, "\(expected.script): \(text)")
            }
        }
    }

    @Test(arguments: [false, true])
    func `output that a script opens again is appended`(_ isTerminal: Bool) async throws {
        try await expectAppending(isTerminal: isTerminal)
    }

    @Test(
        .enabled(if: ServiceAccount.isSeparate, "only root can make a program for another user"),
        arguments: [false, true])
    func `output that a script of another user opens again is appended`(_ isTerminal: Bool) async throws {
        let other = try OtherUser(name: "nobody")
        try await expectAppending(other.words, isTerminal: isTerminal)
        withExtendedLifetime(other) {}
    }

    /// Whether `sudo -u nobody` works here without a password.
    private static let hasSudo: Bool = {
        let process = TestProcess()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["sudo", "-n", "-u", "nobody", "true"]
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    @Test(.enabled(if: hasSudo, "sudo is missing, or wants a password"), arguments: [false, true])
    func `output that a script behind sudo opens again is appended`(_ isTerminal: Bool) async throws {
        let sudo = ["sudo", "-n", "-u", "nobody"]
        guard ServiceAccount.isSeparate else { return try await expectAppending(sudo, isTerminal: isTerminal) }
        // The service account may not use sudo here, but root may.
        let root = try OtherUser()
        try await expectAppending(root.words + sudo, isTerminal: isTerminal)
        withExtendedLifetime(root) {}
    }
}
