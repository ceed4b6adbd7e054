import Core
import Foundation
import GRDB

extension SQLiteStore: TokenStore {
    package func addToken(
        hash: String, name: String, user: String, roles: Set<String>, createdAt: Int64, expiresAt: Int64?
    ) throws -> Int64 {
        try write { db in
            try db.execute(
                sql: """
                    INSERT INTO remotisan_tokens (hash, name, user_identifier, roles, created_at, expires_at)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """, arguments: [hash, name, user, Self.encode(roles), createdAt, expiresAt])
            return db.lastInsertedRowID
        }
    }

    package func token(hash: String) throws -> APIToken? {
        try read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM remotisan_tokens WHERE hash = ?", arguments: [hash])
                .map(APIToken.init)
        }
    }

    package func tokens() throws -> [APIToken] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM remotisan_tokens ORDER BY id").map(APIToken.init)
        }
    }

    package func removeToken(id: Int64) throws -> Bool {
        try write { db in
            try db.execute(sql: "DELETE FROM remotisan_tokens WHERE id = ?", arguments: [id])
            return db.changesCount == 1
        }
    }
}

extension APIToken {
    fileprivate init(_ row: Row) {
        self.init(
            id: row["id"], name: row["name"], user: row["user_identifier"], roles: SQLiteStore.decode(row["roles"]),
            createdAt: row["created_at"], expiresAt: row["expires_at"])
    }
}

extension SQLiteStore {
    /// Roles as a JSON list: a role's name may hold any character.
    fileprivate static func encode(_ roles: Set<String>) throws -> String {
        String(decoding: try JSONEncoder().encode(roles.sorted()), as: UTF8.self)
    }

    /// What cannot be read grants nothing.
    fileprivate static func decode(_ roles: String) -> Set<String> {
        (try? JSONDecoder().decode(Set<String>.self, from: Data(roles.utf8))) ?? []
    }
}
