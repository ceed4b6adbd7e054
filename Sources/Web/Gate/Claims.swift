import Core
import JWTKit

/// All claims of a token, whatever their shape.
struct Claims: JWTPayload {
    let values: [String: JSONValue]

    init(from decoder: any Decoder) throws {
        values = try decoder.singleValueContainer().decode([String: JSONValue].self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }

    /// Nothing here: what must hold is in the configuration, see ``isFor(_:now:)``.
    func verify(using algorithm: some JWTAlgorithm) throws {}

    /// The values of a claim, as text.
    func texts(_ name: String) -> [String] {
        values[name]?.texts ?? []
    }

    /// Whether the token is meant for us, by whom we trust, and valid now. `exp` must be there.
    func isFor(_ configuration: Configuration.JWT, now: Double) -> Bool {
        guard texts("iss") == [configuration.issuer], texts("aud").contains(configuration.audience),
            let expires = values["exp"]?.number, now < expires
        else { return false }
        guard let begins = values["nbf"] else { return true }
        return begins.number.map { now >= $0 } ?? false
    }
}
