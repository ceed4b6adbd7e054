import Testing

@testable import Core

struct KillSequenceTests {
    private static let plan = KillPlan(signals: [.quit, .terminate], graceMilliseconds: 5000)

    @Test func `each signal comes a grace after the one before, KILL last, and then again`() {
        var sequence = KillSequence(Self.plan)
        let looks: [(Int64, KillSequence.Action)] = [
            (100, .send(.quit)), (101, .wait), (5099, .wait), (5100, .send(.terminate)), (10_099, .wait),
            (10_100, .send(.kill)), (15_099, .wait), (15_100, .insist), (15_101, .wait), (20_100, .insist),
        ]
        for (now, expected) in looks { #expect(sequence.next(now: now, anyLeft: true) == expected) }
    }

    @Test func `it is over as soon as nothing is left, at any point`() {
        for sent in 0...3 {
            var sequence = KillSequence(Self.plan, sent: sent, lastSentAt: 1000)
            #expect(sequence.next(now: 1001, anyLeft: false) == .done)
        }
    }

    @Test func `another broker goes on where one left off`() {
        var sequence = KillSequence(Self.plan, sent: 1, lastSentAt: 1000)
        #expect(sequence.next(now: 5999, anyLeft: true) == .wait)
        #expect(sequence.next(now: 6000, anyLeft: true) == .send(.terminate))
    }

    @Test func `a plan that has become shorter meanwhile is at its end`() {
        var sequence = KillSequence(Self.plan, sent: 99, lastSentAt: 0)
        #expect(sequence.isComplete)
        #expect(sequence.next(now: 5000, anyLeft: true) == .insist)
    }

    @Test func `KILL is always the last, and never twice`() {
        #expect(KillPlan(signals: []).signals == [.kill])
        #expect(KillPlan(signals: [.hangup]).signals == [.hangup, .kill])
        #expect(KillPlan(signals: [.hangup, .kill]).signals == [.hangup, .kill])
        #expect(KillPlan().signals == [.quit, .interrupt, .terminate, .hangup, .kill])
        #expect(KillPlan().graceMilliseconds == 5000)
    }

    @Test func `without a grace KILL gets a second to work before anybody is a survivor`() {
        var sequence = KillSequence(KillPlan(signals: [.kill], graceMilliseconds: 0))
        #expect(sequence.next(now: 0, anyLeft: true) == .send(.kill))
        #expect(sequence.next(now: 999, anyLeft: true) == .wait)
        #expect(sequence.next(now: 1000, anyLeft: true) == .insist)
    }
}
