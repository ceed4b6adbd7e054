/// Stores API tokens.
package protocol TokenStore: Sendable {
    /// Adds a token.
    ///
    /// - Returns: Its number.
    func addToken(
        hash: String, name: String, user: String, roles: Set<String>, createdAt: Int64, expiresAt: Int64?
    ) throws(StoreError) -> Int64

    /// The token with a hash, even if it has expired.
    func token(hash: String) throws(StoreError) -> APIToken?

    /// All tokens, oldest first.
    func tokens() throws(StoreError) -> [APIToken]

    /// Revokes a token.
    ///
    /// - Returns: Whether there was a token with this number.
    func removeToken(id: Int64) throws(StoreError) -> Bool
}
