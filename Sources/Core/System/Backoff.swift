/// When to try again what has failed: soon at first, then ever more seldom.
///
/// Times are milliseconds of the boot clock.
package struct Backoff: Sendable {
    private static let shortest: Int64 = 250
    private static let longest: Int64 = 4000
    private var pause: Int64 = 0
    private var next: Int64 = .min

    /// One that has seen no failure.
    package init() {}

    /// Whether it is time to try.
    package func allows(now: Int64) -> Bool { now >= next }

    /// Whether it worked the last time.
    package var isFresh: Bool { pause == 0 }

    /// It has failed.
    package mutating func failed(now: Int64) {
        pause = min(max(pause * 2, Self.shortest), Self.longest)
        next = now + pause
    }

    /// It has worked.
    package mutating func succeeded() { self = Backoff() }
}
