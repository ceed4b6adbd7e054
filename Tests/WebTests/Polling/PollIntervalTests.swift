import TestSupport
import Testing

@testable import Core
@testable import Web

struct PollIntervalTests {
    private static let start: Int64 = 1_790_000_000

    /// The interval for a job that started at ``start`` and printed the last text `silence` milliseconds ago.
    private static func interval(
        _ status: Status = .running, silence: Int64 = 0, ahead: Int? = nil, text: String = "", unread: Int64 = 0
    ) throws -> Int64 {
        let storage = try TemporaryStorage()
        let uuid = JobUUID()
        var execution = Execution.sample(uuid, server: "here", executedAt: start)
        execution.status = status
        let view = WatchExecution.View(
            execution: execution, files: storage.files(uuid), encoding: .utf8, kill: nil, isHere: true, ahead: ahead)
        let slice = LogSlice(
            text: text, offset: 0, nextOffset: 100, size: 100 + unread, modifiedMilliseconds: start * 1000)
        return PollInterval(view: view, slice: slice).milliseconds(now: start * 1000 + silence)
    }

    @Test(arguments: [(0, 250), (2000, 250), (8000, 1000), (40_000, 5000), (9_000_000, 5000)] as [(Int64, Int64)])
    func `a running job is polled less often the longer it is silent`(_ silence: Int64, _ expected: Int64) throws {
        #expect(try Self.interval(silence: silence) == expected)
    }

    @Test(arguments: [(0, 500), (1, 1000), (8, 4500), (9, 5000), (1000, 5000)] as [(Int, Int64)])
    func `a queued execution is polled less often the more are before it`(_ ahead: Int, _ expected: Int64) throws {
        #expect(try Self.interval(.queued, ahead: ahead) == expected)
    }

    @Test func `unread text is fetched at once`() throws {
        #expect(try Self.interval(text: "x", unread: 1) == 0)
        #expect(try Self.interval(text: "", unread: 1) == 250, "An incomplete character is not text yet.")
    }

    @Test func `an ended execution is not polled again`() throws {
        #expect(try Self.interval(.completed, silence: 8000) == 0)
    }
}
