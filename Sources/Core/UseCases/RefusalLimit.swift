import Synchronization

/// Limits the refused attempts that are recorded, so that nobody fills the store with them.
///
/// The first attempt of a kind is always recorded. It belongs to one responder process and counts from its start.
final class RefusalLimit: Sendable {
    /// What to do with a refused attempt.
    enum Decision: Equatable {
        case record
        /// The same attempt was recorded a moment ago.
        case repeated
        /// The person has been refused too often. Seconds until the next attempt is judged anew.
        case tooMany(retryAfter: Int64)
    }

    private struct Attempts {
        /// When counting began, in milliseconds of the boot clock.
        var since: Int64
        var count = 0
        var recorded: Set<[String]> = []
        /// The same for an hour, and how many were recorded in it.
        var hour: Int64
        var inHour = 0
    }

    /// Refused attempts of a person within ``period``.
    static let perPeriod = 60
    /// Milliseconds.
    static let period: Int64 = 60_000
    /// Recorded attempts of a person within ``hour``. The audit keeps them for long.
    static let perHour = 600
    /// Milliseconds.
    static let hour: Int64 = 3_600_000
    /// Persons that are remembered at once.
    static let persons = 10_000

    private let state = Mutex<[String: Attempts]>([:])

    /// Decides about a refused attempt.
    ///
    /// - Parameters:
    ///   - person: Identifier of the person.
    ///   - attempt: The texts that make two attempts the same.
    ///   - now: Milliseconds of the boot clock.
    func decide(_ person: String, _ attempt: [String], now: Int64 = Clock.boottimeMilliseconds()) -> Decision {
        state.withLock { persons in
            if persons.count >= Self.persons { persons = persons.filter { now - $0.value.since < Self.period } }
            var attempts = persons[person] ?? Attempts(since: now, hour: now)
            if now - attempts.hour >= Self.hour { (attempts.hour, attempts.inHour) = (now, 0) }
            if now - attempts.since >= Self.period {
                attempts = Attempts(since: now, hour: attempts.hour, inHour: attempts.inHour)
            }
            defer { persons[person] = attempts }
            attempts.count += 1
            guard attempts.count <= Self.perPeriod else {
                return .tooMany(retryAfter: (attempts.since + Self.period - now + 999) / 1000)
            }
            guard !attempts.recorded.contains(attempt) else { return .repeated }
            guard attempts.inHour < Self.perHour else {
                return .tooMany(retryAfter: (attempts.hour + Self.hour - now + 999) / 1000)
            }
            attempts.recorded.insert(attempt)
            attempts.inHour += 1
            return .record
        }
    }
}
