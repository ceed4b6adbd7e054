/// A duration in words.
enum DurationText {
    /// The two largest units, such as `2 h 5 min`.
    ///
    /// - Parameter seconds: A negative number counts as 0.
    static func text(_ seconds: Int64) -> String {
        let seconds = max(0, seconds)
        let parts = [
            (seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s"),
        ].drop { $0.0 == 0 }
        guard !parts.isEmpty else { return "0 s" }
        return parts.prefix(2).filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: " ")
    }
}
