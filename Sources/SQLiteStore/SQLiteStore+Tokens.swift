import Core
import GRDB
import SQLStore

extension SQLiteStore: TokenStore {
    package func addToken(
        hash: String, name: String, user: String, roles: Set<String>, createdAt: Int64, expiresAt: Int64?
    ) throws(StoreError) -> Int64 {
        try write { db in
            try db.execute(
                literal: """
                    INSERT INTO remotisan_tokens (hash, name, user_identifier, roles, created_at, expires_at)
                    VALUES (\(hash), \(name), \(user), \(RoleList.encode(roles)),
                        \(createdAt), \(expiresAt))
                    """)
            return db.lastInsertedRowID
        }
    }

    package func token(hash: String) throws(StoreError) -> APIToken? {
        try read { db in
            try Row.fetchOne(
                db, sql: "SELECT \(APIToken.columns) FROM remotisan_tokens WHERE hash = ?", arguments: [hash]
            ).map { APIToken($0) }
        }
    }

    package func tokens() throws(StoreError) -> [APIToken] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT \(APIToken.columns) FROM remotisan_tokens ORDER BY id").map {
                APIToken($0)
            }
        }
    }

    package func removeToken(id: Int64) throws(StoreError) -> Bool {
        try write { db in
            try db.execute(literal: "DELETE FROM remotisan_tokens WHERE id = \(id)")
            return db.changesCount == 1
        }
    }
}
