import TestSupport
import Testing

@testable import Core

struct SettlementTests {
    private static func exit(
        _ outcome: ExitRecord.Outcome, at boottime: Int64 = 1000, boot: String = "b"
    ) -> ExitRecord {
        ExitRecord(
            outcome: outcome, endedMilliseconds: 1_790_000_001_999, endedBoottime: boottime, bootID: boot,
            cpuMilliseconds: 7, peakMemory: 8, leftBehind: 1)
    }

    private static func kill(at boottime: Int64, boot: String = "b", wallClock: Int64 = 1) -> KillRecord {
        KillRecord(
            requester: "ann@lab", startedBoottime: boottime, bootID: boot,
            steps: [.init(signal: .quit, at: wallClock)])
    }

    private static let withoutStep = KillRecord(requester: "ann@lab", startedBoottime: 1, bootID: "b")

    /// Outcome and kill, and the expected status and requester.
    static let cases: [(ExitRecord.Outcome, KillRecord?, Status, KillRequester?)] = [
        (.code(0), nil, .completed, nil),
        (.code(1), nil, .failed, nil),
        (.code(255), nil, .failed, nil),
        (.signal(9), nil, .failed, nil),
        (.signal(15), nil, .failed, nil),
        // The kill came first, so the outcome of the command does not matter.
        (.code(0), kill(at: 999), .killed, "ann@lab"),
        (.code(0), kill(at: 1000), .killed, "ann@lab"),
        (.code(130), kill(at: 1), .killed, "ann@lab"),
        (.signal(9), kill(at: 999), .killed, "ann@lab"),
        // The command had ended before the kill.
        (.code(0), kill(at: 1001), .completed, nil),
        (.code(2), kill(at: 1001), .failed, nil),
        (.signal(11), kill(at: 1001), .failed, nil),
        // A broker in a container sees another boot id. A job lives in one boot, so the wall clock tells the order.
        (.code(0), kill(at: 5000, boot: "other"), .killed, "ann@lab"),
        (.signal(9), kill(at: 5000, boot: "other", wallClock: 1_790_000_001_999), .killed, "ann@lab"),
        (.signal(9), kill(at: 1, boot: "other", wallClock: 1_790_000_002_000), .failed, nil),
        // The broker was ended after it had written the record and before it sent a signal.
        (.code(0), withoutStep, .completed, nil),
        (.signal(9), withoutStep, .failed, nil),
    ]

    @Test(arguments: cases)
    func `an execution is killed only if the kill came before the end`(
        _ outcome: ExitRecord.Outcome, _ kill: KillRecord?, _ status: Status, _ killer: KillRequester?
    ) throws {
        let settlement = try #require(Settlement(of: .ended(Self.exit(outcome)), kill: kill, logBytes: 42, now: 0))
        #expect(settlement.status == status)
        #expect(settlement.killedBy == killer)
        #expect(settlement.finishedAt == 1_790_000_001)
        #expect(settlement.ending.reason == nil)
        #expect(settlement.ending.cpuMilliseconds == 7)
        #expect(settlement.ending.peakMemory == 8)
        // A kill leaves no processes.
        #expect(settlement.ending.leftBehind == (killer == nil ? 1 : 0))
        #expect(settlement.ending.logBytes == 42)
        switch outcome {
        case .code(let code):
            #expect(settlement.ending.exitCode == code)
            #expect(settlement.ending.signal == nil)
        case .signal(let signal):
            #expect(settlement.ending.exitCode == nil)
            #expect(settlement.ending.signal == signal)
        }
    }

    @Test func `a running job is not settled`() {
        for state in [JobState.running, .unsupervised([])] {
            for kill in [nil, Self.kill(at: 1)] {
                #expect(Settlement(of: state, kill: kill, logBytes: nil, now: 0) == nil)
            }
        }
    }

    @Test func `a job without an exit record is lost, or killed after a kill`() throws {
        let lost = try #require(Settlement(of: .lost, kill: nil, logBytes: 5, now: 77))
        #expect(lost.ending == .init(reason: "lost", isLost: true, logBytes: 5))
        #expect(lost.status == .failed)
        #expect(lost.finishedAt == 77)
        #expect(lost.killedBy == nil)
        let killed = try #require(Settlement(of: .lost, kill: Self.kill(at: 1), logBytes: 5, now: 77))
        #expect(killed.status == .killed)
        #expect(killed.killedBy == "ann@lab")
        #expect(killed.ending.exitCode == nil)
        let unkilled = try #require(Settlement(of: .lost, kill: Self.withoutStep, logBytes: 5, now: 77))
        #expect(unkilled == lost)
    }

    @Test func `a job that could not be started has failed with the reason`() {
        let settlement = Settlement.notStarted(reason: "x could not be started: No such file.", logBytes: 1, now: 9)
        #expect(settlement.status == .failed)
        #expect(settlement.ending == .init(reason: "x could not be started: No such file.", logBytes: 1))
    }
}
