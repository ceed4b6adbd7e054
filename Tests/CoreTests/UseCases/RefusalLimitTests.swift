import Testing

@testable import Core

struct RefusalLimitTests {
    @Test func `the same attempt is recorded once a minute, and another one at once`() {
        let limit = RefusalLimit()
        #expect(limit.decide("ann", ["deploy", ""], now: 0) == .record)
        #expect(limit.decide("ann", ["deploy", ""], now: 1) == .repeated)
        #expect(limit.decide("ann", ["deploy", "now"], now: 2) == .record)
        #expect(limit.decide("bob", ["deploy", ""], now: 3) == .record)
        #expect(limit.decide("ann", ["deploy", ""], now: RefusalLimit.period) == .record)
    }

    @Test func `a person who is refused too often has to wait, and others do not`() {
        let limit = RefusalLimit()
        for number in 1...RefusalLimit.perPeriod { #expect(limit.decide("ann", ["\(number)"], now: 0) == .record) }
        #expect(limit.decide("ann", ["x"], now: 10_001) == .tooMany(retryAfter: 50))
        #expect(limit.decide("bob", ["x"], now: 10_001) == .record)
        #expect(limit.decide("ann", ["x"], now: RefusalLimit.period - 1) == .tooMany(retryAfter: 1))
        #expect(limit.decide("ann", ["x"], now: RefusalLimit.period) == .record)
    }

    @Test func `a person who is refused in many ways has to wait for an hour`() {
        let limit = RefusalLimit()
        for number in 0..<RefusalLimit.perHour {
            let minute = Int64(number / RefusalLimit.perPeriod) * RefusalLimit.period
            #expect(limit.decide("ann", ["\(number)"], now: minute) == .record)
        }
        let later = RefusalLimit.hour - 2000
        #expect(limit.decide("ann", ["x"], now: later) == .tooMany(retryAfter: 2))
        #expect(limit.decide("bob", ["x"], now: later) == .record)
        #expect(limit.decide("ann", ["x"], now: RefusalLimit.hour) == .record)
    }

    @Test func `persons are forgotten after a minute`() {
        let limit = RefusalLimit()
        for number in 1...(RefusalLimit.persons * 2) {
            #expect(limit.decide("\(number)", [], now: Int64(number) * 100) == .record)
        }
    }
}
