/// The clock of the machine that the store is on, beside those of the instances: who is gone is told by clocks.
package struct StoreClock: Sendable, Equatable {
    /// Unix seconds there.
    package var now: Int64
    /// Seconds by which each instance's clock was ahead of it at its last sign of life; negative: behind.
    package var ahead: [String: Int64]

    /// A clock, as it was read.
    package init(now: Int64, ahead: [String: Int64]) {
        self.now = now
        self.ahead = ahead
    }
}
