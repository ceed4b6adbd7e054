import Core
import SQLStore

extension PostgreSQLStore: TokenStore {
    package func addToken(
        hash: String, name: String, user: String, roles: Set<String>, createdAt: Int64, expiresAt: Int64?
    ) throws(StoreError) -> Int64 {
        try run(
            """
            INSERT INTO remotisan_tokens (hash, name, user_identifier, roles, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
            """,
            [Value(hash), Value(name), Value(user), Value(RoleList.encode(roles)), Value(createdAt), Value(expiresAt)]
        ).rows.first?.integer(0) ?? 0
    }

    package func token(hash: String) throws(StoreError) -> APIToken? {
        try run("SELECT \(APIToken.columns) FROM remotisan_tokens WHERE hash = $1", [Value(hash)])
            .rows.first.map { APIToken($0) }
    }

    package func tokens() throws(StoreError) -> [APIToken] {
        try run("SELECT \(APIToken.columns) FROM remotisan_tokens ORDER BY id").rows.map { APIToken($0) }
    }

    package func removeToken(id: Int64) throws(StoreError) -> Bool {
        try run("DELETE FROM remotisan_tokens WHERE id = $1", [Value(id)]).changed == 1
    }
}
