import Core
import JWTKit

/// The claims of a JSON Web Token (RFC 7519, section 4). Claims of every type are kept.
struct Claims: JWTPayload {
    let values: [String: JSONValue]

    init(from decoder: any Decoder) throws {
        values = try decoder.singleValueContainer().decode([String: JSONValue].self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }

    /// Checks nothing. JWTKit calls this without the configuration, which ``isAccepted(by:now:)`` needs.
    func verify(using algorithm: some JWTAlgorithm) throws {}

    /// The values of a claim as texts: one for a text, several for a list, none for a missing claim.
    func texts(_ name: String) -> [String] {
        values[name]?.texts ?? []
    }

    /// Whether the configured issuer made the token for the configured audience, and whether it is valid now. A token
    /// without `exp` is refused.
    ///
    /// The clocks of the issuer and of this machine may differ by the configured leeway (RFC 7519, section 4.1.4).
    func isAccepted(by configuration: Configuration.JWT, now: Double) -> Bool {
        let leeway = Double(configuration.leeway)
        guard let issuers = values["iss"]?.texts, issuers.count == 1, issuers[0].isExactly(configuration.issuer),
            texts("aud").contains(where: { $0.isExactly(configuration.audience) }),
            let expires = values["exp"]?.number, now < expires + leeway
        else { return false }
        // Neither `nbf` nor `iat`, the time of issue, may be in the future. Both may be missing.
        return ["nbf", "iat"].allSatisfy { name in
            guard let value = values[name] else { return true }
            return value.number.map { now >= $0 - leeway } ?? false
        }
    }
}
