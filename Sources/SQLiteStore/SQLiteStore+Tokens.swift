import Core
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
                    """, arguments: [hash, name, user, roles.sorted().joined(separator: ","), createdAt, expiresAt])
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
        let roles: String = row["roles"]
        self.init(
            id: row["id"], name: row["name"], user: row["user_identifier"],
            roles: Set(roles.split(separator: ",").map(String.init)), createdAt: row["created_at"],
            expiresAt: row["expires_at"])
    }
}
