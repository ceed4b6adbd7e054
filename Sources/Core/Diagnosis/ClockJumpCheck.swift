/// Checks that the clock of this machine has not jumped.
package struct ClockJumpCheck: Sendable {
    /// The clock of the retention; nil if there is none yet.
    package var clock: RetentionClock?

    /// Milliseconds of running time for which a jump is reported.
    private static let reported: Int64 = 7 * 86_400_000

    /// - Parameters:
    ///   - clock: The stored clock; nil if there is none yet.
    ///   - reading: The clocks now.
    package init(_ clock: RetentionClock?, at reading: RetentionClock.Reading) {
        var clock = clock
        _ = clock?.advance(to: reading)
        self.clock = clock
    }

    package var findings: [Finding] {
        guard let clock else { return [] }
        var texts: [String] = []
        if let jump = clock.jump, clock.time - jump.at < Self.reported {
            texts.append("the clock of this machine jumped: \(RetentionTime.describe(jump.by)).")
        }
        if clock.jump != nil, clock.lag >= RetentionClock.jumpThreshold {
            texts.append("it is \(RetentionTime.describe(clock.lag)) of the time by which old executions are removed.")
        }
        guard !texts.isEmpty else { return [] }
        return [
            .warning(
                "clock",
                texts.joined(separator: " ") + " Nothing is removed sooner because of it. Set the clock, and run NTP.")
        ]
    }
}
