import Glibc
import Testing

/// Looks again and again until something has happened; the test fails clearly if it never does.
///
/// - Parameters:
///   - what: What is waited for, for the failure.
///   - limit: How long that may take. Looks are what is counted: while other tests have all the machine, and we do not get
///     to look, neither does what is waited for.
///   - condition: Whether it has happened.
/// - Throws: ``WaitTimeoutError``, and whatever `condition` throws.
package func waitUntil(
    _ what: String, limit: Duration = .seconds(60), _ condition: () async throws -> Bool
) async throws {
    for _ in 0..<looks(in: limit) {
        if try await condition() { return }
        try await Task.sleep(for: pause)
    }
    throw WaitTimeoutError(what: what, limit: limit)
}

/// As ``waitUntil(_:limit:_:)``, for something that is nil until it is there.
package func waitFor<Value>(
    _ what: String, limit: Duration = .seconds(60), _ find: () async throws -> Value?
) async throws -> Value {
    var found: Value?
    try await waitUntil(what, limit: limit) {
        found = try await find()
        return found != nil
    }
    return try #require(found)
}

/// As ``waitUntil(_:limit:_:)``, where a thread waits.
package func blockUntil(_ what: String, limit: Duration = .seconds(60), _ condition: () throws -> Bool) throws {
    for _ in 0..<looks(in: limit) {
        if try condition() { return }
        usleep(UInt32(pause / .microseconds(1)))
    }
    throw WaitTimeoutError(what: what, limit: limit)
}

private let pause = Duration.milliseconds(5)

private func looks(in limit: Duration) -> Int { Int(limit / pause) }

/// Something that should have happened long ago.
package struct WaitTimeoutError: Error, CustomStringConvertible {
    let what: String
    let limit: Duration

    /// What never happened.
    package var description: String { "Not within \(limit): \(what)." }
}
