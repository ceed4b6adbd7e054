import Foundation
import TestSupport
import Testing

/// `scripts/commit-msg`, the hook that checks commit messages.
@Suite struct CommitMessageTests {
    @Test(arguments: [
        "Add a hook",
        "Process kills in order\n\nEach kill read /proc; that was slow.",
        "Add a hook\n# Please enter the commit message; lines with '#' are ignored.\n",
        "Revert \"Added a hook.\"",
        "fixup! Add a hook",
    ])
    func `a good message is accepted`(message: String) async throws {
        #expect(try await Self.check(message).isAccepted)
    }

    @Test(arguments: [
        ("Added a hook", "imperative"),
        ("Adds a hook", "imperative"),
        ("Fixing a hook", "imperative"),
        ("What waits has its choices asked for", "imperative"),
        ("wip", "says nothing"),
        ("Lint", "says nothing"),
        ("add a hook", "capital letter"),
        ("Add a hook.", "full stop"),
        ("Add a hook; rename another", "semicolon"),
        ("Add a hook. Rename another", "two sentences"),
        ("Add a hook\nwithout an empty line", "second line"),
        ("Add a hook that has a subject of more than seventy-two characters in all, so", "72"),
        ("", "empty"),
    ])
    func `a bad message is refused with the reason`(message: String, reason: String) async throws {
        let result = try await Self.check(message)
        #expect(!result.isAccepted)
        #expect(result.output.contains(reason), "\(result.output)")
    }

    private static func check(_ message: String) async throws -> (isAccepted: Bool, output: String) {
        let directory = try TemporaryDirectory()
        let file = directory.path + "/COMMIT_EDITMSG"
        let output = directory.path + "/output"
        try (message + "\n").write(toFile: file, atomically: false, encoding: .utf8)
        let hook = try SpawnedProcess(
            [Places.repository + "/scripts/commit-msg", file], environment: ["PATH": "/usr/bin:/bin"], output: output)
        let ending = try await hook.ended()
        return (ending == .code(0), String(decoding: ProcessFacts.read(output), as: UTF8.self))
    }
}
