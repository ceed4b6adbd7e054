import Core
import SQLStore

extension PostgreSQLStore: PersonalStore {
    package func favourites(of user: String) throws(StoreError) -> [String] {
        try run(
            "SELECT command FROM remotisan_favourites WHERE user_identifier = $1 ORDER BY added_at, command",
            [Value(user)]
        ).rows.compactMap { $0.text(0) }
    }

    package func addFavourite(
        _ command: String, of user: String, at now: Int64, limit: Int
    ) throws(StoreError) -> Bool {
        let added = try run(
            """
            INSERT INTO remotisan_favourites (user_identifier, command, added_at)
            SELECT $1, $2, $3::bigint
            WHERE (SELECT count(*) FROM remotisan_favourites WHERE user_identifier = $1) < $4
            ON CONFLICT DO NOTHING
            """, [Value(user), Value(command), Value(now), Value(limit)])
        if added.changed == 1 { return true }
        return try run(
            "SELECT 1 FROM remotisan_favourites WHERE user_identifier = $1 AND command = $2",
            [Value(user), Value(command)]
        ).rows.count == 1
    }

    package func removeFavourite(_ command: String, of user: String) throws(StoreError) {
        _ = try run(
            "DELETE FROM remotisan_favourites WHERE user_identifier = $1 AND command = $2",
            [Value(user), Value(command)])
    }

    package func presets(for user: String) throws(StoreError) -> [Preset] {
        try run(
            """
            SELECT \(Preset.columns) FROM remotisan_presets WHERE user_identifier = $1 OR shared = 1
            ORDER BY command, name, id
            """, [Value(user)]
        ).rows.map { Preset($0) }
    }

    package func preset(_ id: Int64) throws(StoreError) -> Preset? {
        try run("SELECT \(Preset.columns) FROM remotisan_presets WHERE id = $1", [Value(id)])
            .rows.first.map { Preset($0) }
    }

    package func save(_ preset: Preset, limit: Int, by actor: AuditActor) throws(StoreError) -> Int64? {
        let replaced = Query(
            """
            SELECT \(Preset.columns) FROM remotisan_presets
            WHERE user_identifier = $1 AND command = $2 AND name = $3
            """, [Value(preset.user), Value(preset.command), Value(preset.name)])
        let change = Query(
            """
            INSERT INTO remotisan_presets (user_identifier, shared, command, name, params, saved_at)
            SELECT $1, $2::bigint, $3, $4, $5, $6::bigint
            WHERE (
                SELECT count(*) FROM remotisan_presets
                WHERE user_identifier = $1 AND NOT (command = $3 AND name = $4)
            ) < $7
            ON CONFLICT (user_identifier, command, name) DO UPDATE
            SET shared = excluded.shared, params = excluded.params, saved_at = excluded.saved_at
            RETURNING \(Preset.columns)
            """,
            [
                Value(preset.user), Value(preset.isShared ? 1 : 0), Value(preset.command), Value(preset.name),
                Value(preset.params), Value(preset.savedAt), Value(limit),
            ])
        return try audited(by: actor) { connection throws(PostgreSQLError) in
            let results = try connection.run([replaced, change])
            let before = results.first?.rows.first.map { Preset($0) }
            guard let saved = results.last?.rows.first.map({ Preset($0) }) else { return (nil, []) }
            return (saved.id, AuditEvent.saved(saved, before: before))
        }
    }

    package func removePreset(_ id: Int64, by actor: AuditActor) throws(StoreError) -> Bool {
        let removal = Query("DELETE FROM remotisan_presets WHERE id = $1 RETURNING \(Preset.columns)", [Value(id)])
        return try audited(by: actor) { connection throws(PostgreSQLError) in
            let removed = try connection.run([removal]).first?.rows.first.map { Preset($0) }
            guard let removed else { return (false, []) }
            return (true, removed.isShared ? [.presetUnshared(removed)] : [])
        }
    }
}
