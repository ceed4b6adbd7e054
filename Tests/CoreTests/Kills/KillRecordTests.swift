import TestSupport
import Testing

@testable import Core

struct KillRecordTests {
    @Test(arguments: [
        "ann@lab", "a b  c", "\u{301}x", "\u{1F3FD}", "x\u{FE0F}", "é", "by x", "\u{900}", " lead and trail ",
    ])
    func `parsing a written record returns the same record`(_ user: String) throws {
        let record = KillRecord(
            requester: KillRequester.user(user).sanitized, startedBoottime: 123, bootID: "b-1",
            steps: [.init(signal: .quit, at: 1), .init(signal: .kill, at: 2)],
            survivors: ["12 name (in uninterruptible sleep)", "13 \u{301}x (Operation not permitted)"],
            programResult: "exit code 0", client: "docker exec", isProgramRunning: true)
        let parsed = try #require(KillRecord(record.text))
        #expect(parsed == record)
        #expect(Array(parsed.requester.identifier.utf8) == Array(user.sanitized.utf8))
    }

    @Test func `a timeout differs from a user called timeout`() throws {
        for requester in [KillRequester.timeout, .user("timeout")] {
            let record = KillRecord(requester: requester, startedBoottime: 1, bootID: "b")
            #expect(try #require(KillRecord(record.text)).requester == requester)
        }
    }

    @Test func `a name cannot forge a line of the record`() throws {
        let record = KillRecord(
            requester: KillRequester.user("x\nboot evil\r\nstep KILL 1\u{2028}\u{85}").sanitized, startedBoottime: 1,
            bootID: "b",
            survivors: ["1 x\nstep KILL 5"])
        let parsed = try #require(KillRecord(record.text))
        #expect(parsed.bootID == "b")
        #expect(parsed.steps.isEmpty)
        #expect(parsed.survivors.count == 1)
    }

    @Test(arguments: [
        "", "\n", "by", "by x\nboot b\n", "by x\nstarted y\nboot b\n", "started 1\nboot b\n", "by x\nstarted 1\n",
        "\0\0\0",
        "by x\nstarted 99999999999999999999\nboot b\n",
    ])
    func `malformed records are rejected`(_ text: String) {
        #expect(KillRecord(text) == nil)
    }

    @Test func `unknown and malformed lines are ignored`() throws {
        let record = try #require(
            KillRecord(
                """
                by x
                started 1
                boot b
                new thing
                step NOPE 1
                step QUIT
                step QUIT x
                step TERM 7
                step KILL -9223372036854775808
                """))
        #expect(record.steps == [.init(signal: .terminate, at: 7)])
    }
}
