import Core
import SQLStore

extension PostgreSQLStore: TokenStore {
    package func addToken(hash: String, _ token: APIToken, by actor: AuditActor) throws(StoreError) -> Int64 {
        let row = Query(
            """
            INSERT INTO remotisan_tokens (hash, name, user_identifier, roles, super_user, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id
            """,
            [
                Value(hash), Value(token.name), Value(token.user), Value(RoleList.encode(token.roles)),
                Value(token.isSuperUser ? 1 : nil), Value(token.createdAt), Value(token.expiresAt),
            ])
        return try audited(by: actor) { connection throws(PostgreSQLError) in
            let id: Int64 = try connection.run([row]).first?.rows.first?.integer(0) ?? 0
            return (id, [.tokenMade(id, token)])
        }
    }

    package func noteUse(ofToken id: Int64, at now: Int64) throws(StoreError) {
        _ = try run(
            """
            UPDATE remotisan_tokens SET last_used_at = $2
            WHERE id = $1 AND abs(coalesce(last_used_at, 0) - $2) >= $3
            """, [Value(id), Value(now), Value(APIToken.useInterval)])
    }

    package func token(hash: String) throws(StoreError) -> APIToken? {
        try run("SELECT \(APIToken.columns) FROM remotisan_tokens WHERE hash = $1", [Value(hash)])
            .rows.first.map { APIToken($0) }
    }

    package func tokens() throws(StoreError) -> [APIToken] {
        try run("SELECT \(APIToken.columns) FROM remotisan_tokens ORDER BY id").rows.map { APIToken($0) }
    }

    package func removeToken(id: Int64, by actor: AuditActor) throws(StoreError) -> Bool {
        try audited("DELETE FROM remotisan_tokens WHERE id = $1", [Value(id)], .tokenRevoked(id), by: actor)
    }
}
