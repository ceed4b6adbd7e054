/// The clock of the store's machine, for comparison with the clocks of the instances.
package struct StoreClock: Sendable, Equatable {
    /// Unix seconds.
    package var now: Int64
    /// How far the clock of each instance was ahead at its last registration, in seconds. Negative means behind.
    package var ahead: [String: Int64]

    package init(now: Int64, ahead: [String: Int64]) {
        self.now = now
        self.ahead = ahead
    }
}
