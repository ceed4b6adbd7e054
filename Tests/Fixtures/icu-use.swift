// Prints what Foundation gets from ICU's data: time zones, dates, regular expressions, texts. Compiled and run twice by
// ICUDataTests, with all data and with the part of scripts/icu-data.
import Foundation

let times = [-2e9, 0, 1e9, 1_711_846_799, 1_711_846_800, 1_730_000_000, 4e9].map { Date(timeIntervalSince1970: $0) }
for name in TimeZone.knownTimeZoneIdentifiers.sorted() + ["EST5EDT", "UTC", "GMT+3", "Europe/Kiev"] {
    guard let zone = TimeZone(identifier: name) else {
        print(name, "unknown")
        continue
    }
    print(name, times.map { "\(zone.secondsFromGMT(for: $0)) \(zone.isDaylightSavingTime(for: $0))" })
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    for (month, day) in [(3, 31), (10, 27), (2, 30)] {
        let start = calendar.date(from: DateComponents(year: 2024, month: month, day: day))
        let end = start.flatMap { calendar.date(byAdding: .day, value: 1, to: $0) }
        print(start?.timeIntervalSince1970 ?? 0, end?.timeIntervalSince1970 ?? 0)
    }
}
print(TimeZone.current.identifier, Locale.current.identifier, Calendar.current.firstWeekday)

let texts = ["abc", "Straße", "STRASSE", "ÅÉñ 12", "日本語", "a\u{301}b", "👩‍👩‍👧 x", "ไทย ภาษา", "İstanbul", "foo  bar", "Ω"]
let patterns = [
    "^[a-z]+$", "(?i)strasse", "\\p{L}+", "\\p{Lu}", "\\p{Script=Han}+", "\\p{IsGreek}", "\\X", "(?w)\\b\\w+\\b",
    "\\b\\w+\\b",
    "\\N{LATIN SMALL LETTER A}", "[[:alpha:]&&[^a]]+", "\\p{Nd}", "(?i)i\\u0307stanbul", "\\h", "\\R", "(",
    "\\p{nonsense}",
]
for pattern in patterns {
    guard let expression = try? NSRegularExpression(pattern: pattern) else {
        print(pattern, "invalid")
        continue
    }
    for text in texts {
        let whole = NSRange(location: 0, length: text.utf16.count)
        print(pattern, expression.matches(in: text, range: whole).map { "\($0.range)" })
    }
}
for text in texts {
    print(
        text.lowercased(), text.uppercased(), text.capitalized, text.decomposedStringWithCompatibilityMapping,
        text.caseInsensitiveCompare("strasse").rawValue, text.localizedStandardCompare("m").rawValue,
        text.addingPercentEncoding(withAllowedCharacters: .urlQueryAllowed) ?? "")
}
let format = DateFormatter()
format.locale = Locale(identifier: "en_US_POSIX")
format.timeZone = TimeZone(identifier: "UTC")
format.dateFormat = "yyyy-MM-dd HH:mm:ss.SSS EEEE MMMM"
print(
    format.string(from: times[2]), times[2].formatted(.iso8601), 1_234_567.formatted(), String(format: "%5.2f", 3.14159)
)
do {
    _ = try FileManager.default.removeItem(atPath: "/nonexistent/x")
} catch {
    print(error.localizedDescription)
}
