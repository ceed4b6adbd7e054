import Foundation

/// Reads lines of fields: CSV (RFC 4180), or the output of `mysql --batch`, which separates fields by tabs.
struct DelimitedFields {
    private let data: Data
    private var index: Data.Index
    private let hasTabs: Bool
    /// Number of the line that was read last.
    private(set) var line = 0

    init(_ data: Data, from start: Data.Index) {
        self.data = data
        index = start
        let first = data[start...].prefix { $0 != UInt8(ascii: "\n") }
        hasTabs = first.contains(UInt8(ascii: "\t"))
    }

    /// The fields of the next line; nil after the last one. A missing value is nil.
    mutating func next() throws -> [String?]? {
        guard index < data.endIndex else { return nil }
        line += 1
        return hasTabs ? tabbed() : try quoted()
    }

    /// A tab, a line break and a backslash in a value are written as `\t`, `\n` and `\\`, and a missing value as NULL or
    /// `\N` (MySQL's manual, 6.5.1.1, and LOAD DATA).
    private mutating func tabbed() -> [String?] {
        let end = data[index...].firstIndex(of: UInt8(ascii: "\n")) ?? data.endIndex
        defer { index = min(end + 1, data.endIndex) }
        var bytes = data[index..<end]
        if bytes.last == UInt8(ascii: "\r") { bytes = bytes.dropLast() }
        return bytes.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map { field in
            let text = String(decoding: field, as: UTF8.self)
            return text == "NULL" || text == "\\N" ? nil : Self.unescaped(text)
        }
    }

    private static func unescaped(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
        let known: [Character: Character] = ["t": "\t", "n": "\n", "0": "\0", "r": "\r"]
        var result = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                result.append(known[character] ?? character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                result.append(character)
            }
        }
        return result
    }

    /// An empty field without quotes is a missing value, and so is `\N`.
    private mutating func quoted() throws -> [String?] {
        var fields: [String?] = []
        while true {
            var bytes: [UInt8] = []
            let hasQuotes = index < data.endIndex && data[index] == UInt8(ascii: "\"")
            if hasQuotes {
                let opened = line
                index += 1
                while true {
                    guard index < data.endIndex else {
                        throw ImportError.other("The dump ends within the quotes that line \(opened) opens.")
                    }
                    let byte = data[index]
                    index += 1
                    if byte == UInt8(ascii: "\n") { line += 1 }
                    guard byte == UInt8(ascii: "\"") else {
                        bytes.append(byte)
                        continue
                    }
                    guard index < data.endIndex, data[index] == UInt8(ascii: "\"") else { break }
                    bytes.append(byte)
                    index += 1
                }
            }
            while index < data.endIndex, data[index] != UInt8(ascii: ","), data[index] != UInt8(ascii: "\n") {
                if data[index] != UInt8(ascii: "\r") { bytes.append(data[index]) }
                index += 1
            }
            let text = String(decoding: bytes, as: UTF8.self)
            fields.append(!hasQuotes && (text.isEmpty || text == "\\N" || text == "NULL") ? nil : text)
            guard index < data.endIndex else { return fields }
            index += 1
            if data[index - 1] == UInt8(ascii: "\n") { return fields }
        }
    }
}
