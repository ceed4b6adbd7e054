import TestSupport
import Testing

@testable import Core

struct JobRecordTests {
    @Test func `an exit record of the supervisor is parsed`() throws {
        let record = try #require(
            ExitRecord(
                "code 3\nended 1790000001234\nended_boottime 5678\ncpu_ms 12\npeak_memory 4096\nleft_behind 2\nboot b-1\n"
            ))
        #expect(
            record
                == ExitRecord(
                    outcome: .code(3), endedMilliseconds: 1_790_000_001_234, endedBoottime: 5678, bootID: "b-1",
                    cpuMilliseconds: 12, peakMemory: 4096, leftBehind: 2))
        #expect(ExitRecord("signal 9\nended 1\n")?.outcome == .signal(9))
        #expect(ExitRecord("signal 9\nended 1\nleft_behind -1\n")?.leftBehind == nil)
    }

    @Test(arguments: [
        "", "code 0", "code 0\n", "ended 1\n", "code x\nended 1\n", "code 99999999999999999999\nended 1\n",
        "code\nended\n",
        "code 0\nended 1.5\n", "\0\0\0\0", "Code 0\nended 1\n",
    ])
    func `malformed exit records are rejected`(_ text: String) {
        #expect(ExitRecord(text) == nil)
    }

    @Test func `a pid record of the supervisor is parsed`() throws {
        let record = try #require(PidRecord("supervisor 100 5000\ncommand 101 5001\nboot b-1\n"))
        #expect(
            record
                == PidRecord(
                    supervisor: ProcessIdentity(pid: 100, startTime: 5000),
                    command: ProcessIdentity(pid: 101, startTime: 5001), bootID: "b-1"))
    }

    @Test(arguments: [
        "", "supervisor 100 5000\n", "supervisor 100 5000\ncommand 101 5001\n", "supervisor 1 5\ncommand 2 5\nboot b\n",
        "supervisor 100 5\ncommand 0 5\nboot b\n", "supervisor 100 5\ncommand -7 5\nboot b\n",
        "supervisor 100 5\ncommand 101 0\nboot b\n", "supervisor 100\ncommand 101 5\nboot b\n",
        "supervisor 100 5 5\ncommand 101 5\nboot b\n", "supervisor 99999999999 5\ncommand 101 5\nboot b\n",
    ])
    func `malformed pid records are rejected`(_ text: String) {
        #expect(PidRecord(text) == nil)
    }

    @Test func `random bytes do not crash a parser`() {
        var random = SeededGenerator(seed: 5)
        let words = [
            "code ", "signal ", "ended ", "supervisor ", "boot ", "by ", "started ", "step ", "\n", " ", "\r\n", "-",
            "9", "\u{301}", "\0",
        ]
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in words.randomElement(using: &random) ?? ""
            }
            .joined()
            _ = (ExitRecord(text), PidRecord(text), KillRecord(text))
        }
    }
}
