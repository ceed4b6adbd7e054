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

    private static func kill(at boottime: Int64, boot: String = "b") -> KillRecord {
        KillRecord(requester: "ann@lab", startedBoottime: boottime, bootID: boot, steps: [.init(signal: .quit, at: 1)])
    }

    /// Outcome × kill → status, by whom.
    static let table: [(ExitRecord.Outcome, KillRecord?, Status, KillRequester?)] = [
        (.code(0), nil, .completed, nil),
        (.code(1), nil, .failed, nil),
        (.code(255), nil, .failed, nil),
        (.signal(9), nil, .failed, nil),
        (.signal(15), nil, .failed, nil),
        // Our signal came first, whatever the command made of it.
        (.code(0), kill(at: 999), .killed, "ann@lab"),
        (.code(0), kill(at: 1000), .killed, "ann@lab"),
        (.code(130), kill(at: 1), .killed, "ann@lab"),
        (.signal(9), kill(at: 999), .killed, "ann@lab"),
        // It had ended before.
        (.code(0), kill(at: 1001), .completed, nil),
        (.code(2), kill(at: 1001), .failed, nil),
        (.signal(11), kill(at: 1001), .failed, nil),
        // Clocks of two boots cannot be compared: the kill of another boot killed nothing in this one.
        (.code(0), kill(at: 1, boot: "other"), .completed, nil),
        (.signal(9), kill(at: 1, boot: "other"), .failed, nil),
    ]

    @Test(arguments: table)
    func `the status follows from the outcome and from who came first`(
        _ outcome: ExitRecord.Outcome, _ kill: KillRecord?, _ status: Status, _ killer: KillRequester?
    ) throws {
        let settlement = try #require(Settlement(of: .ended(Self.exit(outcome)), kill: kill, logBytes: 42, now: 0))
        #expect(settlement.status == status)
        #expect(settlement.killedBy == killer)
        #expect(settlement.finishedAt == 1_790_000_001)
        #expect(settlement.ending.reason == nil)
        #expect(settlement.ending.cpuMilliseconds == 7)
        #expect(settlement.ending.peakMemory == 8)
        // Of a killed one nothing is left.
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

    @Test func `what runs is not settled`() {
        for state in [JobState.running, .unsupervised([])] {
            for kill in [nil, Self.kill(at: 1)] {
                #expect(Settlement(of: state, kill: kill, logBytes: nil, now: 0) == nil)
            }
        }
    }

    @Test func `a job that nobody saw end is failed and lost, killed if we were at it`() throws {
        let lost = try #require(Settlement(of: .lost, kill: nil, logBytes: 5, now: 77))
        #expect(lost == Settlement(status: .failed, finishedAt: 77, ending: .init(reason: "lost", logBytes: 5)))
        let killed = try #require(Settlement(of: .lost, kill: Self.kill(at: 1), logBytes: 5, now: 77))
        #expect(killed.status == .killed)
        #expect(killed.killedBy == "ann@lab")
        #expect(killed.ending.exitCode == nil)
    }

    @Test func `a job that could not be started is failed with the reason`() {
        let settlement = Settlement.notStarted(reason: "x could not be started: No such file.", logBytes: 1, now: 9)
        #expect(settlement.status == .failed)
        #expect(settlement.ending == .init(reason: "x could not be started: No such file.", logBytes: 1))
    }
}
