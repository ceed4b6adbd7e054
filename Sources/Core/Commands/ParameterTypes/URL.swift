import Foundation

/// An absolute URL (RFC 3986) with a host, such as https://example.com/path?x=1.
package struct URLType: ParameterType {
    package static let name = "url"

    /// Permitted schemes, in lower case.
    let schemes: [String]

    package init(schemes: [String] = ["https", "http"]) {
        self.schemes = schemes
    }

    package init(_ section: ConfigurationSection, in context: ProgramContext) {
        let schemes = (section.strings("schemes") ?? ["https", "http"]).map { $0.lowercased() }
        for scheme in schemes {
            // RFC 3986, section 3.1.
            let isScheme = scheme.utf8.first?.isLetter ?? false && scheme.isOfLettersAndDigits(and: "+-.")
            if !isScheme { section.problem("expected schemes such as [https, ftp].", at: "schemes") }
        }
        self.init(schemes: schemes)
    }

    package func accept(_ value: String) throws(InvalidValueError) -> String {
        // Programs differ in how they read other characters, so a URL must have them percent-encoded.
        let isPlain = value.utf8.allSatisfy { $0.isLetterOrDigit || "-._~:/?#[]@!$&'()*+,;=%".utf8.contains($0) }
        guard isPlain, value.utf8.count <= 2048,
            let parts = URLComponents(string: value, encodingInvalidCharacters: false), let scheme = parts.scheme,
            let host = parts.host, Self.isHost(host)
        else { throw InvalidValueError("url", "must be a URL such as https://example.com/path.") }
        guard schemes.contains(scheme.lowercased()) else {
            throw InvalidValueError(
                "scheme",
                "must be a URL that begins with \(schemes.map { $0 + "://" }.joined(separator: " or "), as: "schemes")."
            )
        }
        guard parts.user == nil, parts.password == nil else {
            throw InvalidValueError(
                "urlPassword", "must not contain a user name or password, because the history would show it.")
        }
        return value
    }

    /// An IPv6 address is in brackets.
    private static func isHost(_ host: String) -> Bool {
        host.hasPrefix("[")
            ? host.hasSuffix("]") && HostType.isAddress(String(host.dropFirst().dropLast()))
            : HostType.isHostName(host)
    }

    package var facts: [(name: String, value: JSONValue)] { [("input", .text("url"))] }
}
