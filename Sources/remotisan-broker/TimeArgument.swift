import ArgumentParser
import Core
import Foundation

/// A time on the command line: a day, a time with its zone, or an age.
struct TimeArgument: ExpressibleByArgument {
    /// A day such as `2026-01-31`, or a time without a zone, which the zone of the machine completes.
    private enum Kind {
        case local(tm, isDay: Bool)
        case second(Int64)
        case age(Int64)
    }

    private let kind: Kind

    init?(argument: String) {
        if let match = argument.wholeMatch(of: #/(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?/#) {
            var parts = tm()
            guard let year = Int32(match.1), let month = Int32(match.2), let day = Int32(match.3),
                (1...12).contains(month), (1...31).contains(day)
            else { return nil }
            let clock = [match.4, match.5, match.6].map { $0.flatMap { Int32($0) } ?? 0 }
            guard clock[0] < 24, clock[1] < 60, clock[2] < 61 else { return nil }
            (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, month - 1, day)
            (parts.tm_hour, parts.tm_min, parts.tm_sec) = (clock[0], clock[1], clock[2])
            // mktime(3) turns 31 February into 3 March.
            var normal = parts
            guard timegm(&normal) != -1 || year == 1969, normal.tm_mday == day, normal.tm_mon == month - 1 else {
                return nil
            }
            kind = .local(parts, isDay: match.4 == nil)
        } else if argument.contains("-"), let date = try? Date(argument, strategy: .iso8601) {
            kind = .second(Int64(date.timeIntervalSince1970))
        } else if argument.last?.isLetter ?? false, let milliseconds = Quantity.milliseconds(argument) {
            kind = .age(milliseconds / 1000)
        } else {
            return nil
        }
    }

    /// The Unix second at which the time begins.
    ///
    /// - Parameters:
    ///   - isUTC: Whether a time without a zone is in UTC.
    ///   - now: Unix seconds, from which an age counts.
    func start(isUTC: Bool, now: Int64) -> Int64 {
        switch kind {
        case .local(let parts, _): Self.second(parts, isUTC)
        case .second(let second): second
        case .age(let seconds): now - seconds
        }
    }

    /// The first Unix second after the time. A day ends with the next one, and any other time at once.
    func end(isUTC: Bool, now: Int64) -> Int64 {
        guard case .local(var parts, isDay: true) = kind else { return start(isUTC: isUTC, now: now) }
        parts.tm_mday += 1
        return Self.second(parts, isUTC)
    }

    private static func second(_ parts: tm, _ isUTC: Bool) -> Int64 {
        var parts = parts
        // Whether it is summer time follows from the date.
        parts.tm_isdst = -1
        return Int64(isUTC ? timegm(&parts) : mktime(&parts))
    }

    /// How to write one, for messages.
    static let forms = "2026-01-31, 2026-01-31T12:00:00Z, or an age such as 7d"
}
