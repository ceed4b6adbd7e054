/// The variables of one request: what a CGI program finds in its environment.
///
/// Kept as the bytes they arrived in: a request has some thirty and looks at ten.
package struct CGIVariables: Sendable {
    private let bytes: [UInt8]
    private let entries: [Entry]

    private struct Entry {
        let name: Range<Int>
        let end: Int
    }

    /// Creates variables from lines of "NAME=value" in the order they arrived; what has no `=` is passed over.
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

    /// Creates variables from pairs in the order they arrived.
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

    /// Bytes of all of them together.
    package var size: Int { bytes.count }

    /// The value of a parameter; the first of several with one name.
    package subscript(name: String) -> String? {
        entries.first { isNamed($0, name) }.map { String(decoding: value(of: $0), as: UTF8.self) }
    }

    /// Whether a parameter arrived more than once with different values.
    package func isConflicting(_ name: String) -> Bool {
        guard let first = entries.firstIndex(where: { isNamed($0, name) }) else { return false }
        return entries[(first + 1)...].contains { entry in
            isNamed(entry, name) && !value(of: entry).elementsEqual(value(of: entries[first]))
        }
    }

    private func isNamed(_ entry: Entry, _ name: String) -> Bool {
        entry.name.count == name.utf8.count && bytes[entry.name].elementsEqual(name.utf8)
    }

    private func value(of entry: Entry) -> ArraySlice<UInt8> {
        bytes[(entry.name.upperBound + 1)..<entry.end]
    }
}
