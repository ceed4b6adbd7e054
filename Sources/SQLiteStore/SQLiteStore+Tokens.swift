import Core
import GRDB
import SQLStore

extension SQLiteStore: TokenStore {
    package func addToken(hash: String, _ token: APIToken, by actor: AuditActor) throws(StoreError) -> Int64 {
        try write { db in
            try db.execute(
                literal: """
                    INSERT INTO remotisan_tokens
                        (hash, name, user_identifier, roles, super_user, created_at, expires_at)
                    VALUES (\(hash), \(token.name), \(token.user), \(RoleList.encode(token.roles)),
                        \(token.isSuperUser ? true : nil), \(token.createdAt), \(token.expiresAt))
                    """)
            let id = db.lastInsertedRowID
            try Self.append(db, .tokenMade(id, token), by: actor)
            return id
        }
    }

    package func noteUse(ofToken id: Int64, at now: Int64) throws(StoreError) {
        try write { db in
            try db.execute(
                literal: """
                    UPDATE remotisan_tokens SET last_used_at = \(now)
                    WHERE id = \(id) AND abs(ifnull(last_used_at, 0) - \(now)) >= \(APIToken.useInterval)
                    """)
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

    package func removeToken(id: Int64, by actor: AuditActor) throws(StoreError) -> Bool {
        try write { db in
            try db.execute(literal: "DELETE FROM remotisan_tokens WHERE id = \(id)")
            guard db.changesCount == 1 else { return false }
            try Self.append(db, .tokenRevoked(id), by: actor)
            return true
        }
    }
}
