import Core

/// The tables of a store.
///
/// `remotisan-broker move-store` moves the rows of ``moved``. A table of a migration that stands in none of these lists
/// fails a test of its store.
package enum Tables {
    /// The tables whose rows exist nowhere else, with the columns of their keys.
    package static let moved: [(name: String, key: [String])] = [
        ("remotisan_executions", ["id"]),
        ("remotisan_refusals", ["id"]),
        ("remotisan_tokens", ["id"]),
        ("remotisan_instances", ["server_uuid"]),
        ("remotisan_idempotency_keys", ["key_hash"]),
        ("remotisan_audit", ["server_uuid", "number"]),
        ("remotisan_favourites", ["user_identifier", "command"]),
        ("remotisan_presets", ["id"]),
    ]

    /// The tables that triggers and migrations fill.
    package static let derived = ["remotisan_counts", "remotisan_migrations"]

    /// Columns that only one kind of store has, by table. Every registration of an instance renews them.
    package static let renewed = ["remotisan_instances": ["clock_ahead"]]

    package static let names = moved.map(\.name) + derived

    /// A table that is moved, with the columns of a store.
    package static func table(
        _ table: (name: String, key: [String]), columns: [StoreTable.Column]
    ) -> StoreTable {
        let renewed = renewed[table.name] ?? []
        return StoreTable(
            name: table.name, key: table.key, columns: columns.filter { !renewed.contains($0.name) })
    }

    /// Fails if a table is missing.
    package static func require(in present: Set<String>) throws(StoreError) {
        if let missing = names.first(where: { !present.contains($0) }) {
            throw .unusable(.missingTable, "it has no table \(missing). Restore a backup")
        }
    }
}

/// The row of `remotisan_migrations` that keeps programs, earlier versions too, from using a store that was moved.
package enum MovedMark {
    private static let start = "moved to "

    package static func name(for place: String) -> String { start + place }

    /// Where the store was moved to; nil if it was not.
    package static func place(in migrations: Set<String>) -> String? {
        migrations.first { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) }
    }

    /// The trigger that refuses new rows in a table of a store that was moved.
    package static func trigger(on table: String) -> String { "\(table)_moved" }

    package static let reason = "remotisan-broker move-store has moved the content of this store"

    /// The condition for the row.
    package static let condition = "name LIKE '\(start)%'"
}
