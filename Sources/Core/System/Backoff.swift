/// When to try again after a failure: soon at first, then at growing intervals.
///
/// Times are milliseconds of the boot clock.
package struct Backoff: Sendable {
    private static let shortest: Int64 = 250
    private static let longest: Int64 = 4000
    private var pause: Int64 = 0
    private var next: Int64 = .min

    package init() {}

    /// Whether the next attempt is due.
    package func allows(now: Int64) -> Bool { now >= next }

    /// Whether the last attempt succeeded.
    package var isFresh: Bool { pause == 0 }

    /// Records a failure.
    package mutating func failed(now: Int64) {
        pause = min(max(pause * 2, Self.shortest), Self.longest)
        next = now + pause
    }

    /// Records a success.
    package mutating func succeeded() { self = Backoff() }
}
