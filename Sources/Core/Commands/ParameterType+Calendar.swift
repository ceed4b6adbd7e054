extension ParameterType {
    /// RFC 3339, full-date.
    static func checkDate(_ value: String) throws(Misfit) {
        let misfit = Misfit(description: "must be a date such as 2026-12-31.")
        guard let parts = digits(value, "-", [4, 2, 2]), parts[0] > 0, (1...12).contains(parts[1]) else { throw misfit }
        let (year, month) = (parts[0], parts[1])
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
        guard (1...days).contains(parts[2]) else { throw misfit }
    }

    /// RFC 3339, partial-time, without fractions; seconds may be left out.
    static func checkTime(_ value: String) throws(Misfit) {
        guard let parts = digits(value, ":", [2, 2]) ?? digits(value, ":", [2, 2, 2]), parts[0] < 24,
            parts.dropFirst().allSatisfy({ $0 < 60 })
        else { throw Misfit(description: "must be a time such as 23:59.") }
    }

    /// Numbers of exactly so many ASCII digits each.
    private static func digits(_ value: String, _ separator: Character, _ lengths: [Int]) -> [Int]? {
        let parts = value.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == lengths else { return nil }
        let numbers = parts.compactMap { part in
            part.utf8.allSatisfy(\.isDigit) ? Int(part) : nil
        }
        return numbers.count == parts.count ? numbers : nil
    }
}
