import Foundation

/// Settings of tests with random input.
package enum Fuzzing {
    /// The duration of a test, from REMOTISAN_FUZZ_SECONDS; by default one round.
    package static let time: Duration = .seconds(
        Int(ProcessInfo.processInfo.environment["REMOTISAN_FUZZ_SECONDS"] ?? "") ?? 0)
}

/// A reproducible random number generator (SplitMix64). A failing test names its seed.
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
