import Core

/// The header field `Idempotency-Key`.
enum IdempotencyField {
    /// Maximum bytes of a key.
    static let limit = 255

    /// The key of a request; nil if it has none.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - person: The person who sends it.
    ///   - body: The body of the request in its canonical form. It is asked for only if there is a key.
    /// - Throws: ``HTTPError``: 400 if the key is empty, too long, or not printable ASCII without spaces, or if the
    ///   request has two different keys.
    static func key(
        of request: Request, by person: Person, body: () throws -> [UInt8]
    ) throws -> IdempotencyKey? {
        let name = "HTTP_IDEMPOTENCY_KEY"
        guard let bytes = request.variables.bytes(name) else { return nil }
        let isPrintable = bytes.allSatisfy { (0x21...0x7E).contains($0) }
        guard !request.variables.isRepeated(name), isPrintable, (1...limit).contains(bytes.count) else {
            throw HTTPError(
                .badRequest,
                """
                The Idempotency-Key must be one text of 1 to \(limit) printable ASCII characters without spaces, such \
                as a random UUID.
                """)
        }
        return IdempotencyKey(String(decoding: bytes, as: UTF8.self), of: person, body: try body())
    }
}
