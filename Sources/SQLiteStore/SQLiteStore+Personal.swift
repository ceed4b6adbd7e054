import Core
import GRDB
import SQLStore

extension SQLiteStore: PersonalStore {
    package func favourites(of user: String) throws(StoreError) -> [String] {
        try read { db in
            try SQLRequest<String>(
                literal: """
                    SELECT command FROM remotisan_favourites WHERE user_identifier = \(user)
                    ORDER BY added_at, command
                    """
            ).fetchAll(db)
        }
    }

    package func addFavourite(
        _ command: String, of user: String, at now: Int64, limit: Int
    ) throws(StoreError) -> Bool {
        try write { db in
            try db.execute(
                literal: """
                    INSERT INTO remotisan_favourites (user_identifier, command, added_at)
                    SELECT \(user), \(command), \(now)
                    WHERE (SELECT count(*) FROM remotisan_favourites WHERE user_identifier = \(user)) < \(limit)
                    ON CONFLICT DO NOTHING
                    """)
            if db.changesCount == 1 { return true }
            return try SQLRequest<Bool>(
                literal: """
                    SELECT EXISTS (
                        SELECT 1 FROM remotisan_favourites WHERE user_identifier = \(user) AND command = \(command)
                    )
                    """
            ).fetchOne(db) ?? false
        }
    }

    package func removeFavourite(_ command: String, of user: String) throws(StoreError) {
        try write { db in
            try db.execute(
                literal: """
                    DELETE FROM remotisan_favourites WHERE user_identifier = \(user) AND command = \(command)
                    """)
        }
    }

    package func presets(for user: String) throws(StoreError) -> [Preset] {
        try read { db in
            try SQLRequest<Row>(
                literal: """
                    SELECT \(sql: Preset.columns) FROM remotisan_presets WHERE user_identifier = \(user) OR shared = 1
                    ORDER BY command, name, id
                    """
            ).fetchAll(db).map { Preset($0) }
        }
    }

    package func preset(_ id: Int64) throws(StoreError) -> Preset? {
        try read { db in
            try SQLRequest<Row>(
                literal: "SELECT \(sql: Preset.columns) FROM remotisan_presets WHERE id = \(id)"
            ).fetchOne(db).map { Preset($0) }
        }
    }

    package func save(_ preset: Preset, limit: Int, by actor: AuditActor) throws(StoreError) -> Int64? {
        try write { db in
            let replaced = SQLRequest<Row>(
                literal: """
                    SELECT \(sql: Preset.columns) FROM remotisan_presets
                    WHERE user_identifier = \(preset.user) AND command = \(preset.command) AND name = \(preset.name)
                    """)
            let before = try replaced.fetchOne(db).map { Preset($0) }
            try db.execute(
                literal: """
                    INSERT INTO remotisan_presets (user_identifier, shared, command, name, params, saved_at)
                    SELECT \(preset.user), \(preset.isShared), \(preset.command), \(preset.name), \(preset.params),
                        \(preset.savedAt)
                    WHERE (
                        SELECT count(*) FROM remotisan_presets
                        WHERE user_identifier = \(preset.user)
                            AND NOT (command = \(preset.command) AND name = \(preset.name))
                    ) < \(limit)
                    ON CONFLICT (user_identifier, command, name) DO UPDATE
                    SET shared = excluded.shared, params = excluded.params, saved_at = excluded.saved_at
                    """)
            guard db.changesCount == 1, let saved = try replaced.fetchOne(db).map({ Preset($0) }) else { return nil }
            for event in AuditEvent.saved(saved, before: before) { try Self.append(db, event, by: actor) }
            return saved.id
        }
    }

    package func removePreset(_ id: Int64, by actor: AuditActor) throws(StoreError) -> Bool {
        try write { db in
            let removed = try SQLRequest<Row>(
                literal: "DELETE FROM remotisan_presets WHERE id = \(id) RETURNING \(sql: Preset.columns)"
            ).fetchOne(db).map { Preset($0) }
            if let removed, removed.isShared { try Self.append(db, .presetUnshared(removed), by: actor) }
            return removed != nil
        }
    }
}
