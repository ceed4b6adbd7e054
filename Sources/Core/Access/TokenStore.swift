/// Where API tokens are kept.
public protocol TokenStore: Sendable {
    /// Keeps a new token.
    ///
    /// - Returns: Its number.
    /// - Throws: ``StoreError``.
    func addToken(
        hash: String, name: String, user: String, roles: Set<String>, createdAt: Int64, expiresAt: Int64?
    ) throws -> Int64

    /// The token with this hash; expired ones too.
    ///
    /// - Throws: ``StoreError``.
    func token(hash: String) throws -> APIToken?

    /// All tokens, oldest first.
    ///
    /// - Throws: ``StoreError``.
    func tokens() throws -> [APIToken]

    /// Revokes a token.
    ///
    /// - Returns: Whether there was one with this number.
    /// - Throws: ``StoreError``.
    func removeToken(id: Int64) throws -> Bool
}
