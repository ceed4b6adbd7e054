import HTTPTypes

/// The CGI variables of one request (RFC 3875, section 4.1).
///
/// The bytes are stored as they arrived, because a request has about thirty variables and only about ten are read.
package struct CGIVariables: Sendable {
    private let bytes: [UInt8]
    private let entries: [Entry]

    private struct Entry {
        let name: Range<Int>
        let value: Range<Int>
    }

    /// Creates variables from the places of their names and values in `bytes`, in the order in which they arrived.
    package init(_ bytes: [UInt8], pairs: [(name: Range<Int>, value: Range<Int>)]) {
        self.bytes = bytes
        entries = pairs.map { Entry(name: $0.name, value: $0.value) }
    }

    /// Creates variables from lines of `NAME=value`, in the order in which they arrived. Lines without `=` are ignored.
    package init(_ lines: [UnsafeRawBufferPointer]) {
        var bytes: [UInt8] = []
        var entries: [Entry] = []
        for line in lines {
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let start = bytes.count
            bytes.append(contentsOf: line)
            entries.append(Entry(name: start..<start + equals, value: start + equals + 1..<bytes.count))
        }
        self.bytes = bytes
        self.entries = entries
    }

    /// Creates variables from pairs, in the order in which they arrived.
    package init(_ pairs: [(String, String)]) {
        var bytes: [UInt8] = []
        var entries: [Entry] = []
        for (name, value) in pairs {
            let start = bytes.count
            bytes.append(contentsOf: name.utf8)
            let end = bytes.count
            bytes.append(contentsOf: value.utf8)
            entries.append(Entry(name: start..<end, value: end..<bytes.count))
        }
        self.bytes = bytes
        self.entries = entries
    }

    /// Bytes of all variables together.
    package var size: Int { bytes.count }

    /// The value of a variable. If a name arrived several times, the first value counts.
    ///
    /// U+FFFD replaces bytes that are not UTF-8, so different values may become equal. Read a value that decides
    /// about rights with ``bytes(_:)``.
    package subscript(name: String) -> String? {
        bytes(name).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes of the value of a variable, as they arrived.
    package func bytes(_ name: String) -> ArraySlice<UInt8>? {
        entries.first { isNamed($0, name) }.map(value(of:))
    }

    /// The value of a header field that the client sent (RFC 3875, section 4.1.18): `If-Range` is in `HTTP_IF_RANGE`.
    package subscript(field: HTTPField.Name) -> String? {
        entries.first { isNamed($0, field) }.map { String(decoding: value(of: $0), as: UTF8.self) }
    }

    /// Whether a variable arrived several times.
    package func isRepeated(_ name: String) -> Bool {
        guard let first = entries.firstIndex(where: { isNamed($0, name) }) else { return false }
        return entries[(first + 1)...].contains { isNamed($0, name) }
    }

    /// The name of a variable with a control character; nil if there is none. A tab is no control character here. The
    /// certificates of mod_ssl and nginx have lines, so the variables named SSL_ may have any but NUL. So may Apache's
    /// SERVER_SIGNATURE, a line of HTML that is on in Debian and that nothing reads.
    var nameWithControlCharacter: String? {
        // Most requests have none, so all bytes are looked at together first.
        guard bytes.contains(where: Self.isControl) else { return nil }
        let found = entries.first { entry in
            if bytes[entry.name].contains(where: Self.isControl) || value(of: entry).contains(0) { return true }
            let mayHaveLines =
                bytes[entry.name].starts(with: "SSL_".utf8) || isNamed(entry, "SERVER_SIGNATURE")
            return !mayHaveLines && value(of: entry).contains(where: Self.isControl)
        }
        return found.map { String(decoding: bytes[$0.name], as: UTF8.self) }
    }

    private static func isControl(_ byte: UInt8) -> Bool {
        (byte < 0x20 && byte != UInt8(ascii: "\t")) || byte == 0x7F
    }

    private func isNamed(_ entry: Entry, _ name: String) -> Bool {
        guard entry.name.count == name.utf8.count else { return false }
        return bytes.withUnsafeBytes { bytes in
            var index = entry.name.lowerBound
            for byte in name.utf8 {
                guard bytes[index] == byte else { return false }
                index += 1
            }
            return true
        }
    }

    /// Compares bytes in place, because polls ask for several fields and must not build a name for each.
    private func isNamed(_ entry: Entry, _ field: HTTPField.Name) -> Bool {
        let prefix: StaticString = "HTTP_"
        guard entry.name.count == prefix.utf8CodeUnitCount + field.canonicalName.utf8.count else { return false }
        return bytes.withUnsafeBytes { bytes in
            var index = entry.name.lowerBound
            for offset in 0..<prefix.utf8CodeUnitCount {
                guard bytes[index] == prefix.utf8Start[offset] else { return false }
                index += 1
            }
            for canonical in field.canonicalName.utf8 {
                let wanted =
                    switch canonical {
                    case UInt8(ascii: "-"): UInt8(ascii: "_")
                    case UInt8(ascii: "a")...UInt8(ascii: "z"): canonical & ~0x20
                    default: canonical
                    }
                guard bytes[index] == wanted else { return false }
                index += 1
            }
            return true
        }
    }

    private func value(of entry: Entry) -> ArraySlice<UInt8> {
        bytes[entry.value]
    }
}
