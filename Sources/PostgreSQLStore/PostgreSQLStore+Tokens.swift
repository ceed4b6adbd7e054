import Core
import Foundation

extension PostgreSQLStore: TokenStore {
    private static let tokenColumns = "id, name, user_identifier, roles, created_at, expires_at"

    package func addToken(
        hash: String, name: String, user: String, roles: Set<String>, createdAt: Int64, expiresAt: Int64?
    ) throws -> Int64 {
        let list = String(decoding: try JSONEncoder().encode(roles.sorted()), as: UTF8.self)
        return try run(
            """
            INSERT INTO remotisan_tokens (hash, name, user_identifier, roles, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
            """, [Value(hash), Value(name), Value(user), Value(list), Value(createdAt), Value(expiresAt)]
        ).rows.first?[number: 0] ?? 0
    }

    package func token(hash: String) throws -> APIToken? {
        try run("SELECT \(Self.tokenColumns) FROM remotisan_tokens WHERE hash = $1", [Value(hash)])
            .rows.first.map { APIToken($0) }
    }

    package func tokens() throws -> [APIToken] {
        try run("SELECT \(Self.tokenColumns) FROM remotisan_tokens ORDER BY id").rows.map { APIToken($0) }
    }

    package func removeToken(id: Int64) throws -> Bool {
        try run("DELETE FROM remotisan_tokens WHERE id = $1", [Value(id)]).changed == 1
    }
}

extension APIToken {
    /// Roles are a JSON list; what cannot be read grants nothing.
    fileprivate init(_ row: Answer.Row) {
        let roles = try? JSONDecoder().decode(Set<String>.self, from: Data((row[text: 3] ?? "").utf8))
        self.init(
            id: row[number: 0] ?? 0, name: row[text: 1] ?? "", user: row[text: 2] ?? "", roles: roles ?? [],
            createdAt: row[number: 4] ?? 0, expiresAt: row[number: 5])
    }
}
