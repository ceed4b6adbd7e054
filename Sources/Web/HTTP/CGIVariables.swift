import HTTPTypes

/// The CGI variables of one request (RFC 3875, section 4.1).
///
/// The bytes are stored as they arrived, because a request has about thirty variables and only about ten are read.
package struct CGIVariables: Sendable {
    private let bytes: [UInt8]
    private let entries: [Entry]

    private struct Entry {
        let name: Range<Int>
        let end: Int
    }

    /// Creates variables from lines of `NAME=value`, in the order in which they arrived. Lines without `=` are ignored.
    package init(_ lines: [UnsafeRawBufferPointer]) {
        var bytes: [UInt8] = []
        var entries: [Entry] = []
        for line in lines {
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let start = bytes.count
            bytes.append(contentsOf: line)
            entries.append(Entry(name: start..<start + equals, end: bytes.count))
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
            entries.append(Entry(name: start..<bytes.count, end: bytes.count + 1 + value.utf8.count))
            bytes.append(UInt8(ascii: "="))
            bytes.append(contentsOf: value.utf8)
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

    /// Whether a variable arrived several times with different values.
    package func isConflicting(_ name: String) -> Bool {
        guard let first = entries.firstIndex(where: { isNamed($0, name) }) else { return false }
        return entries[(first + 1)...].contains { entry in
            isNamed(entry, name) && !value(of: entry).elementsEqual(value(of: entries[first]))
        }
    }

    private func isNamed(_ entry: Entry, _ name: String) -> Bool {
        entry.name.count == name.utf8.count && bytes[entry.name].elementsEqual(name.utf8)
    }

    /// Compares bytes in place, because polls ask for several fields and must not build a name for each.
    private func isNamed(_ entry: Entry, _ field: HTTPField.Name) -> Bool {
        let prefix = "HTTP_".utf8
        let name = bytes[entry.name]
        return name.count == prefix.count + field.canonicalName.utf8.count && name.starts(with: prefix)
            && zip(name.dropFirst(prefix.count), field.canonicalName.utf8).allSatisfy { byte, canonical in
                switch canonical {
                case UInt8(ascii: "-"): byte == UInt8(ascii: "_")
                case UInt8(ascii: "a")...UInt8(ascii: "z"): byte == canonical & ~0x20
                default: byte == canonical
                }
            }
    }

    private func value(of entry: Entry) -> ArraySlice<UInt8> {
        bytes[(entry.name.upperBound + 1)..<entry.end]
    }
}
