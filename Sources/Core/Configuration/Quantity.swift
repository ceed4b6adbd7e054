/// Parses durations and sizes.
package enum Quantity {
    /// Parses a duration such as `250ms`, `90s`, `10m`, `1h` or `180d`; a number without a unit means seconds.
    ///
    /// - Returns: Milliseconds; nil for anything else.
    package static func milliseconds(_ text: String) -> Int64? {
        scaled(text, units: ["": 1000, "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000])
    }

    /// Parses a size such as `64KiB`, `10MiB`, `1GiB` or `1TiB`; a number without a unit means bytes. kB, MB, GB and TB
    /// are powers of 1000.
    ///
    /// - Returns: Bytes; nil for anything else.
    package static func bytes(_ text: String) -> Int64? {
        scaled(
            text,
            units: [
                "": 1, "B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
                "kB": 1000, "MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000,
            ])
    }

    private static func scaled(_ text: String, units: [String: Int64]) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard let number = Int64(digits), let factor = units[String(unit)] else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
    }
}
