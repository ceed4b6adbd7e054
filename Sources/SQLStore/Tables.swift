import Core

/// The tables of a store.
package enum Tables {
    package static let names = [
        "remotisan_executions", "remotisan_refusals", "remotisan_tokens", "remotisan_counts", "remotisan_instances",
        "remotisan_idempotency_keys", "remotisan_audit", "remotisan_favourites", "remotisan_presets",
        "remotisan_migrations",
    ]

    /// Fails if a table is missing.
    package static func require(in present: Set<String>) throws(StoreError) {
        if let missing = names.first(where: { !present.contains($0) }) {
            throw .unusable(.missingTable, "it has no table \(missing). Restore a backup")
        }
    }
}
