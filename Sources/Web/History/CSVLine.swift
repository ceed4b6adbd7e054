/// Writes one line of a CSV file (RFC 4180).
///
/// A spreadsheet would take a text that begins with one of some characters for a formula. An apostrophe before it
/// prevents that, and spreadsheets do not show it.
struct CSVLine: ~Copyable, FieldWriter {
    private var bytes: [UInt8]
    private var isEmpty = true
    /// Whether the names of the fields are written instead of their values.
    private let isHeader: Bool

    /// - Parameters:
    ///   - bytes: The lines before.
    ///   - isHeader: Whether the names of the fields are written instead of their values.
    init(after bytes: consuming [UInt8], isHeader: Bool = false) {
        self.bytes = bytes
        self.isHeader = isHeader
    }

    mutating func add(_ name: StaticString, _ value: String?) {
        begin(name)
        if !isHeader, let value { append(value) }
    }

    mutating func add(_ name: StaticString, _ value: (some FixedWidthInteger)?) {
        begin(name)
        if !isHeader, let value { bytes += String(value).utf8 }
    }

    mutating func add(_ name: StaticString, _ value: Bool) {
        begin(name)
        if !isHeader { bytes += (value ? "true" : "false").utf8 }
    }

    /// The lines before, and this one.
    consuming func text() -> [UInt8] {
        bytes += "\r\n".utf8
        return bytes
    }

    private mutating func begin(_ name: StaticString) {
        if !isEmpty { bytes.append(UInt8(ascii: ",")) }
        isEmpty = false
        if isHeader { bytes += UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount) }
    }

    private mutating func append(_ text: String) {
        let isFormula = text.utf8.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
        let isQuoted = text.utf8.contains { "\",\r\n".utf8.contains($0) }
        if isQuoted { bytes.append(UInt8(ascii: "\"")) }
        if isFormula { bytes.append(UInt8(ascii: "'")) }
        if isQuoted {
            for byte in text.utf8 {
                if byte == UInt8(ascii: "\"") { bytes.append(byte) }
                bytes.append(byte)
            }
            bytes.append(UInt8(ascii: "\""))
        } else {
            bytes += text.utf8
        }
    }
}
