import Glibc

/// How times are written.
package struct TimeText: Sendable {
    /// The zone of the machine, or that of `TZ`; else UTC.
    package let isLocal: Bool

    package init(isLocal: Bool) {
        self.isLocal = isLocal
    }

    /// A time such as `2026-01-31 13:00:00 +01:00`, or `2026-01-31T12:00:00Z` in UTC.
    ///
    /// - Parameter seconds: Unix seconds.
    package func text(_ seconds: Int64) -> String { text(seconds, fraction: "") }

    /// The same with milliseconds.
    package func text(milliseconds: Int64) -> String {
        let rest = milliseconds - milliseconds / 1000 * 1000
        return text(milliseconds / 1000, fraction: "." + Self.digits(Int32(rest), 3))
    }

    /// Number of characters of a time with milliseconds.
    package var widthWithMilliseconds: Int { isLocal ? 30 : 24 }

    private func text(_ seconds: Int64, fraction: String) -> String {
        var time = time_t(seconds)
        var parts = tm()
        guard (isLocal ? localtime_r(&time, &parts) : gmtime_r(&time, &parts)) != nil else { return "\(seconds)" }
        let date = [(parts.tm_year + 1900, 4), (parts.tm_mon + 1, 2), (parts.tm_mday, 2)]
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec]
        let day = date.map { Self.digits($0.0, $0.1) }.joined(separator: "-")
        let hour = clock.map { Self.digits($0, 2) }.joined(separator: ":") + fraction
        guard isLocal else { return "\(day)T\(hour)Z" }
        let minutes = abs(parts.tm_gmtoff) / 60
        let sign = parts.tm_gmtoff < 0 ? "-" : "+"
        return "\(day) \(hour) \(sign)\(Self.digits(Int32(minutes / 60), 2)):\(Self.digits(Int32(minutes % 60), 2))"
    }

    private static func digits(_ number: Int32, _ count: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}
