/// A date, RFC 3339 full-date: 2026-12-31.
package struct DateType: ParameterType {
    package static let name = "date"

    package init() {}
    package init(_ section: ConfigurationSection, in context: ProgramContext) {}

    package func accept(_ value: String) throws(InvalidValueError) -> String {
        let error = InvalidValueError("date", "must be a date such as 2026-12-31.")
        guard let parts = numbers(in: value, separatedBy: "-", lengths: [4, 2, 2]), parts[0] > 0,
            (1...12).contains(parts[1])
        else { throw error }
        let (year, month) = (parts[0], parts[1])
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
        guard (1...days).contains(parts[2]) else { throw error }
        return value
    }

    package var facts: [(name: String, value: JSONValue)] { [("input", .text("date"))] }
}

/// A time of day, RFC 3339 partial-time without fractions: 23:59 or 23:59:59.
package struct TimeType: ParameterType {
    package static let name = "time"

    package init() {}
    package init(_ section: ConfigurationSection, in context: ProgramContext) {}

    package func accept(_ value: String) throws(InvalidValueError) -> String {
        let parts =
            numbers(in: value, separatedBy: ":", lengths: [2, 2])
            ?? numbers(in: value, separatedBy: ":", lengths: [2, 2, 2])
        guard let parts, parts[0] < 24, parts.dropFirst().allSatisfy({ $0 < 60 }) else {
            throw InvalidValueError("time", "must be a time such as 23:59.")
        }
        return value
    }

    package var facts: [(name: String, value: JSONValue)] { [("input", .text("time"))] }
}

/// Numbers of a fixed count of ASCII digits each.
private func numbers(in value: String, separatedBy separator: Character, lengths: [Int]) -> [Int]? {
    let parts = value.split(separator: separator, omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == lengths else { return nil }
    let numbers = parts.compactMap { part in
        part.utf8.allSatisfy(\.isDigit) ? Int(part) : nil
    }
    return numbers.count == parts.count ? numbers : nil
}
