/// An email address: a plain local part (RFC 5321, Dot-string), an at sign, the name of a host.
package struct EmailType: ParameterType {
    package static let name = "email"

    package init() {}
    package init(_ section: ConfigurationSection, in context: ProgramContext) {}

    package func accept(_ value: String) throws(InvalidValueError) -> String {
        let error = InvalidValueError("email", "must be an email address.")
        let bytes = Array(value.utf8)
        guard bytes.count <= 254, let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { throw error }
        let local = bytes[..<at]
        let atoms = local.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...64).contains(local.count), local.first != UInt8(ascii: "-"),
            atoms.allSatisfy({
                !$0.isEmpty && $0.allSatisfy { $0.isLetterOrDigit || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0) }
            }),
            HostType.isHostName(String(decoding: bytes[(at + 1)...], as: UTF8.self))
        else { throw error }
        return value
    }

    package var facts: [(name: String, value: JSONValue)] { [("input", .text("email"))] }
}
