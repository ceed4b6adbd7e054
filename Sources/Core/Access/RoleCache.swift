import Synchronization

/// Values that depend on nothing but the commands and the roles of a person.
package final class RoleCache<Value: Sendable>: Sendable {
    private struct State {
        var version = -1
        var values: [ExactRoles: Value] = [:]
    }

    /// Roles by their bytes. Names that differ only in their normalization are different roles.
    private struct ExactRoles: Hashable {
        private let names: [[UInt8]]

        init(_ roles: Set<String>) {
            names = roles.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
        }
    }

    private let state = Mutex(State())
    /// Maximum number of values. Each set of roles that a person has needs one.
    private static var limit: Int { 64 }

    package init() {}

    /// The value for the roles of a person.
    ///
    /// - Parameter version: `CatalogueSnapshot.version` of the commands. Values for other commands are forgotten.
    package func value(
        for person: Person, version: Int, make: () throws -> Value
    ) rethrows -> Value {
        let roles = ExactRoles(person.roles)
        let known = state.withLock { $0.version == version ? $0.values[roles] : nil }
        if let known { return known }
        let made = try make()
        state.withLock { state in
            if state.version != version || state.values.count >= Self.limit { state = State(version: version) }
            state.values[roles] = made
        }
        return made
    }
}
