import Glibc

/// The name (RFC 1123, section 2.1) or the address of a host, without port and brackets.
package struct HostType: ParameterType {
    package static let name = "host"

    package init() {}
    package init(_ section: ConfigurationSection, in context: ProgramContext) {}

    package func accept(_ value: String) throws(InvalidValueError) -> String {
        guard Self.isAddress(value) || Self.isHostName(value) else {
            throw InvalidValueError("host", "must be the name or address of a host.")
        }
        return value
    }

    static func isHostName(_ value: String) -> Bool {
        let labels = value.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return (1...253).contains(value.utf8.count)
            && labels.allSatisfy { label in
                (1...63).contains(label.count) && label.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") }
                    && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
            }
    }

    static func isAddress(_ value: String) -> Bool {
        var address = in6_addr()
        return inet_pton(AF_INET, value, &address) == 1 || inet_pton(AF_INET6, value, &address) == 1
    }
}
