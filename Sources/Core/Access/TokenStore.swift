/// Stores API tokens.
package protocol TokenStore: Sendable {
    /// Adds a token.
    ///
    /// - Parameters:
    ///   - hash: The hash of its secret, ``APIToken/hash(of:)``.
    ///   - token: The token. Its number and last use are ignored.
    /// - Returns: Its number. No other token ever has the same, even if this one is revoked.
    func addToken(hash: String, _ token: APIToken, by actor: AuditActor) throws(StoreError) -> Int64

    /// The token with a hash, even if it has expired.
    func token(hash: String) throws(StoreError) -> APIToken?

    /// All tokens, oldest first.
    func tokens() throws(StoreError) -> [APIToken]

    /// Records the time of a use, in Unix seconds, if ``APIToken/isUseDue(at:)``.
    func noteUse(ofToken id: Int64, at now: Int64) throws(StoreError)

    /// Revokes a token.
    ///
    /// - Returns: Whether there was a token with this number.
    func removeToken(id: Int64, by actor: AuditActor) throws(StoreError) -> Bool
}
