import Foundation
import TestSupport
import Testing

@testable import Core

struct ProgramOutputTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func run(_ script: String, seconds: Int = 60, limit: Int = 1000) throws -> String {
        try ProgramOutput.run(
            ["sh", "-c", script], in: directory.path, environment: ["PATH": "/usr/bin:/bin"],
            errors: directory.path + "/errors", seconds: seconds, limit: limit)
    }

    @Test func `the output of a program is returned, and its failure is described`() throws {
        #expect(try run("echo a; echo b >&2") == "a\n")
        #expect(throws: ProgramError.failed(status: "exit code 3", errors: "b")) {
            try run("echo a; echo b >&2; exit 3")
        }
        #expect(throws: ProgramError.tooLong(bytes: 1000)) { try run("yes") }
    }

    @Test(arguments: [
        "exec sleep 100000", "sleep 100000 & echo a", "exec >&- 2>&-; sleep 100000; :",
        "trap '' TERM; exec >/dev/null; sleep 100000; :",
    ])
    func `a program that does not end is killed at its timeout`(_ script: String) throws {
        #expect(throws: ProgramError.tooSlow(seconds: 1)) {
            try run("echo $$ > pid; \(script)", seconds: 1, limit: 1 << 30)
        }
        let text = try String(contentsOfFile: directory.path + "/pid", encoding: .utf8)
        let leader = try #require(pid_t(text.trimmingCharacters(in: .newlines)))
        #expect(ProcessTable().entries[leader] == nil)
    }
}
