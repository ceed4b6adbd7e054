import Testing

/// Looks again and again until something has happened; the test fails clearly if it never does.
///
/// - Parameters:
///   - what: What is waited for, for the failure.
///   - limit: How long a slow machine may take.
///   - condition: Whether it has happened.
/// - Throws: `Overdue`, and whatever `condition` throws.
func waitUntil(
    _ what: String, limit: Duration = .seconds(30), _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw Overdue(what: what, limit: limit) }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// As `waitUntil`, for something that is nil until it is there.
func waitFor<Value>(
    _ what: String, limit: Duration = .seconds(30), _ find: () async throws -> Value?
) async throws -> Value {
    var found: Value?
    try await waitUntil(what, limit: limit) {
        found = try await find()
        return found != nil
    }
    return try #require(found)
}

/// Something that should have happened long ago.
struct Overdue: Error, CustomStringConvertible {
    let what: String
    let limit: Duration

    var description: String { "Not within \(limit): \(what)." }
}
