import Core

/// The steps that create the current tables in an empty database, or update older ones and those of the original.
///
/// A released step never changes. Its name is recorded in `remotisan_migrations` when it has been applied.
package struct MigrationPlan<Connection, Failure: Error>: Sendable {
    /// One step.
    package struct Step: Sendable {
        let name: String
        let apply: @Sendable (Connection) throws(Failure) -> Void

        package init(_ name: String, apply: @escaping @Sendable (Connection) throws(Failure) -> Void) {
            self.name = name
            self.apply = apply
        }
    }

    private let steps: [Step]

    package init(_ steps: [Step]) {
        self.steps = steps
    }

    /// Whether every step is among the applied ones.
    package func isComplete(applied: Set<String>) -> Bool {
        steps.allSatisfy { applied.contains($0.name) }
    }

    /// Fails if a newer version of the program has changed the tables. This version does not know what they mean then.
    package func requireKnown(_ applied: Set<String>) throws(StoreError) {
        if let place = MovedMark.place(in: applied) {
            throw .unusable(
                .moved,
                "remotisan-broker move-store has moved its content to \(place). Set database in the configuration to that"
            )
        }
        let known = Set(steps.map { $0.name })
        let unknown = applied.filter { !known.contains($0) }.sorted()
        guard let last = unknown.last else { return }
        throw .unusable(
            .newerSchema,
            "a newer version changed its tables (step '\(last)'). Install that version, or restore a backup from before"
        )
    }

    /// Applies the missing steps in order. The caller holds a transaction that keeps other migrations away.
    ///
    /// - Parameters:
    ///   - connection: Where the steps are applied.
    ///   - applied: Names of the steps that were applied before.
    ///   - record: Records the name of a step, after it has been applied.
    /// - Returns: Names of the steps that this call applied.
    package func apply(
        to connection: Connection, applied: Set<String>, record: (String) throws(Failure) -> Void
    ) throws(Failure) -> [String] {
        var names: [String] = []
        for step in steps where !applied.contains(step.name) {
            try step.apply(connection)
            try record(step.name)
            names.append(step.name)
        }
        return names
    }
}
