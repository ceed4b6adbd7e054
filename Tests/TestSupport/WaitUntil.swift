import Glibc
import Testing

/// Polls a condition until it is true.
///
/// - Parameters:
///   - what: A description of the condition, for the error.
///   - limit: The timeout, as a number of polls. If a busy machine delays the polls, it delays the awaited event, too.
///   - condition: The condition.
/// - Throws: ``WaitTimeoutError``.
package func waitUntil(
    _ what: String, limit: Duration = .seconds(60), _ condition: () async throws -> Bool
) async throws {
    for _ in 0..<polls(in: limit) {
        if try await condition() { return }
        try await Task.sleep(for: pause)
    }
    throw WaitTimeoutError(what: what, limit: limit)
}

/// Polls a value until it is not nil.
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

/// Polls a condition until it is true, and blocks the thread.
package func blockUntil(_ what: String, limit: Duration = .seconds(60), _ condition: () throws -> Bool) throws {
    for _ in 0..<polls(in: limit) {
        if try condition() { return }
        usleep(UInt32(pause / .microseconds(1)))
    }
    throw WaitTimeoutError(what: what, limit: limit)
}

private let pause = Duration.milliseconds(5)

private func polls(in limit: Duration) -> Int { Int(limit / pause) }

/// A condition did not become true in time.
package struct WaitTimeoutError: Error, CustomStringConvertible {
    let what: String
    let limit: Duration

    package var description: String { "Not within \(limit): \(what)." }
}
