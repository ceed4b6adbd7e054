import Glibc

extension ParameterType {
    /// A name (RFC 1123, section 2.1) or an address of either family, without port and brackets.
    static func checkHost(_ value: String) throws(Misfit) {
        guard isAddress(value) || isHostName(value) else {
            throw Misfit(description: "must be the name or address of a host.")
        }
    }

    /// One address as people have them: a plain local part (RFC 5321, Dot-string), an at sign, a host's name.
    static func checkEmail(_ value: String) throws(Misfit) {
        let misfit = Misfit(description: "must be an email address.")
        let bytes = Array(value.utf8)
        guard bytes.count <= 254, let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { throw misfit }
        let local = bytes[..<at]
        let atoms = local.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...64).contains(local.count), local.first != UInt8(ascii: "-"),
            atoms.allSatisfy({
                !$0.isEmpty && $0.allSatisfy { $0.isLetterOrDigit || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0) }
            }),
            isHostName(String(decoding: bytes[(at + 1)...], as: UTF8.self))
        else { throw misfit }
    }

    private static func isHostName(_ value: String) -> Bool {
        let labels = value.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return (1...253).contains(value.utf8.count)
            && labels.allSatisfy { label in
                (1...63).contains(label.count) && label.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") }
                    && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
            }
    }

    private static func isAddress(_ value: String) -> Bool {
        var room = in6_addr()
        return inet_pton(AF_INET, value, &room) == 1 || inet_pton(AF_INET6, value, &room) == 1
    }
}
