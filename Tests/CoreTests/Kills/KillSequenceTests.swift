import Testing

@testable import Core

struct KillSequenceTests {
    private static let plan = KillPlan(signals: [.quit, .terminate], graceMilliseconds: 5000)

    @Test func `signals are sent one grace apart, then KILL repeatedly`() {
        var sequence = KillSequence(Self.plan)
        let steps: [(Int64, KillSequence.Action)] = [
            (100, .send(.quit)), (101, .wait), (5099, .wait), (5100, .send(.terminate)), (10_099, .wait),
            (10_100, .send(.kill)), (15_099, .wait), (15_100, .insist), (15_101, .wait), (20_100, .insist),
        ]
        for (now, expected) in steps { #expect(sequence.next(now: now, anyLeft: true) == expected) }
    }

    @Test func `the sequence ends as soon as no process is left`() {
        for sent in 0...3 {
            var sequence = KillSequence(Self.plan, sent: sent, lastSentAt: 1000)
            #expect(sequence.next(now: 1001, anyLeft: false) == .done)
        }
    }

    @Test func `another broker continues the sequence`() {
        var sequence = KillSequence(Self.plan, sent: 1, lastSentAt: 1000)
        #expect(sequence.next(now: 5999, anyLeft: true) == .wait)
        #expect(sequence.next(now: 6000, anyLeft: true) == .send(.terminate))
    }

    @Test(arguments: 0...2) func `a forced kill goes on with KILL at once`(_ sent: Int) {
        var sequence = KillSequence(Self.plan, sent: sent, lastSentAt: 1000)
        sequence.skipToKill()
        #expect(sequence.next(now: 1001, anyLeft: true) == .send(.kill))
        sequence.skipToKill()
        #expect(sequence.next(now: 1002, anyLeft: true) == .wait)
    }

    @Test func `a forced kill does not wait for the program of the plan`() {
        var sequence = KillSequence(Self.withProgram)
        #expect(sequence.next(now: 0, anyLeft: true) == .run)
        sequence.skipToKill()
        #expect(sequence.next(now: 1, anyLeft: true) == .send(.kill))
    }

    @Test func `the next signal of a record is known until KILL was sent`() {
        var record = KillRecord(requester: "ann", startedBoottime: 0, bootID: "b")
        #expect(Self.plan.next(after: record) == nil)
        record.steps = [.init(signal: .quit, at: 1000)]
        #expect(Self.plan.next(after: record) == .init(signal: .terminate, at: 6000))
        record.steps.append(.init(signal: .kill, at: 2000))
        #expect(Self.plan.next(after: record) == nil)
    }

    @Test func `a sequence whose plan became shorter is complete`() {
        var sequence = KillSequence(Self.plan, sent: 99, lastSentAt: 0)
        #expect(sequence.isComplete)
        #expect(sequence.next(now: 5000, anyLeft: true) == .insist)
    }

    @Test func `KILL is always the last signal of a plan, and occurs once`() {
        #expect(KillPlan(signals: []).signals == [.kill])
        #expect(KillPlan(signals: [.hangup]).signals == [.hangup, .kill])
        #expect(KillPlan(signals: [.hangup, .kill]).signals == [.hangup, .kill])
        #expect(KillPlan().signals == [.terminate, .interrupt, .hangup, .quit, .kill])
        #expect(KillPlan().graceMilliseconds == 5000)
    }

    @Test func `without a grace, processes have one second to end after KILL`() {
        var sequence = KillSequence(KillPlan(signals: [.kill], graceMilliseconds: 0))
        #expect(sequence.next(now: 0, anyLeft: true) == .send(.kill))
        #expect(sequence.next(now: 999, anyLeft: true) == .wait)
        #expect(sequence.next(now: 1000, anyLeft: true) == .insist)
    }

    private static let withProgram = KillPlan(signals: [.terminate], graceMilliseconds: 5000, program: ["x"])

    @Test func `a program that succeeds gives the job a grace before the first signal`() {
        var sequence = KillSequence(Self.withProgram)
        #expect(sequence.next(now: 0, anyLeft: true) == .run)
        #expect(sequence.next(now: 9000, anyLeft: true) == .run)
        sequence.programEnded(at: 9000, succeeded: true)
        #expect(sequence.next(now: 13_999, anyLeft: true) == .wait)
        #expect(sequence.next(now: 14_000, anyLeft: true) == .send(.terminate))
        #expect(sequence.next(now: 19_000, anyLeft: true) == .send(.kill))
    }

    @Test func `a program that fails is followed by the first signal at once`() {
        var sequence = KillSequence(Self.withProgram)
        #expect(sequence.next(now: 0, anyLeft: true) == .run)
        sequence.programEnded(at: 9000, succeeded: false)
        #expect(sequence.next(now: 9000, anyLeft: true) == .send(.terminate))
    }

    @Test func `another broker runs the program only if its end is not recorded`() {
        var interrupted = KillSequence(Self.withProgram)
        #expect(interrupted.next(now: 0, anyLeft: true) == .run)
        var done = KillSequence(Self.withProgram, isProgramDone: true)
        #expect(done.next(now: 0, anyLeft: true) == .send(.terminate))
        var signalled = KillSequence(Self.withProgram, sent: 1, lastSentAt: 0)
        #expect(signalled.next(now: 5000, anyLeft: true) == .send(.kill))
    }

    @Test func `no step is due while a grace runs`() {
        var sequence = KillSequence(Self.plan)
        #expect(sequence.isDue(now: 0))
        _ = sequence.next(now: 0, anyLeft: true)
        #expect(!sequence.isDue(now: 4999))
        #expect(sequence.isDue(now: 5000))
    }
}
