import Foundation

/// How long generators of random input go on.
package enum Fuzzing {
    /// One round, unless REMOTISAN_FUZZ_SECONDS says more.
    package static let time: Duration = .seconds(
        Int(ProcessInfo.processInfo.environment["REMOTISAN_FUZZ_SECONDS"] ?? "") ?? 0)
}
