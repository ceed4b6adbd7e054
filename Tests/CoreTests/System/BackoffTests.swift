import Testing

@testable import Core

struct BackoffTests {
    @Test func `pauses double up to four seconds, until a success`() {
        var backoff = Backoff()
        #expect(backoff.allows(now: 0))
        #expect(backoff.isFresh)
        var now: Int64 = 0
        for pause in [250, 500, 1000, 2000, 4000, 4000] as [Int64] {
            backoff.failed(now: now)
            #expect(!backoff.allows(now: now + pause - 1))
            #expect(backoff.allows(now: now + pause))
            now += pause
        }
        #expect(!backoff.isFresh)
        backoff.succeeded()
        #expect(backoff.allows(now: 0))
        #expect(backoff.isFresh)
    }
}
