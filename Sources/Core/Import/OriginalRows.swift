import Foundation

/// A row of the original's table.
package struct OriginalRow: Sendable {
    /// Where it stands, for messages.
    package let place: String
    package let values: [String: StoreValue]
}

/// The rows of the original's table, in a dump or a database. They can be read several times.
package protocol OriginalRows {
    func forEach(_ body: (OriginalRow) throws -> Void) throws
}

/// The rows of a dump: JSON objects in a list or one after the other, CSV, or the output of `mysql --batch`.
///
/// The file is mapped and read row by row, so its size does not matter.
package struct OriginalDump: OriginalRows {
    private let data: Data
    private let file: String

    package init(file: String) throws {
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: file), options: .alwaysMapped)
        } catch {
            throw ImportError.unusable(file: file, reason: "it cannot be read. Name a file that this user may read.")
        }
        self.file = file
    }

    package func forEach(_ body: (OriginalRow) throws -> Void) throws {
        let start = data.firstIndex { !" \r\n\t\u{FEFF}".utf8.contains($0) }
        guard let start else { throw unusable("it is empty.") }
        switch data[start] {
        case UInt8(ascii: "["), UInt8(ascii: "{"): try forEachObject(body)
        default: try forEachLine(from: start, body)
        }
    }

    private func unusable(_ reason: String) -> ImportError { .unusable(file: file, reason: reason) }

    /// Finds objects by their braces, so that a list of a million is never in memory as a whole.
    private func forEachObject(_ body: (OriginalRow) throws -> Void) throws {
        var depth = 0
        var start = data.startIndex
        var number = 0
        var quoting = JSONQuoting()
        for index in data.indices {
            let byte = data[index]
            if quoting.isText(byte) { continue }
            switch byte {
            case UInt8(ascii: "{"):
                if depth == 0 { start = index }
                depth += 1
            case UInt8(ascii: "}"):
                depth -= 1
                guard depth >= 0 else { throw unusable("it is not JSON: a brace too much after row \(number).") }
                guard depth == 0 else { continue }
                number += 1
                let values = try object(data[start...index], number)
                try body(OriginalRow(place: "row \(number)", values: values))
            default: continue
            }
        }
        guard depth == 0, !quoting.isInText else { throw unusable("it is not JSON: it ends within row \(number + 1).") }
    }

    private func object(_ bytes: Data, _ number: Int) throws -> [String: StoreValue] {
        guard let object = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] else {
            throw unusable("row \(number) is not a JSON object.")
        }
        return object.mapValues { value in
            switch value {
            case let text as String: StoreValue(text: text)
            case let number as NSNumber: Int64(exactly: number).map { .integer($0) } ?? .text("\(number)")
            default: .null
            }
        }
    }

    /// RFC 4180, or tabs and backslashes as `mysql --batch` writes them. The first line has the names of the columns.
    private func forEachLine(from start: Data.Index, _ body: (OriginalRow) throws -> Void) throws {
        var fields = DelimitedFields(data, from: start)
        guard let names = try fields.next(), names.contains("job_uuid") || names.contains("uuid") else {
            throw unusable(
                """
                it is neither JSON nor CSV with the names of the columns in its first line, such as \
                id,job_uuid,server_uuid.
                """)
        }
        while let values = try fields.next() {
            guard values != [""] else { continue }
            guard values.count == names.count else {
                throw unusable("line \(fields.line) has \(values.count) values instead of \(names.count).")
            }
            let pairs = zip(names, values).map { name, value in
                (name ?? "", value.map { StoreValue(text: $0) } ?? .null)
            }
            try body(OriginalRow(place: "line \(fields.line)", values: Dictionary(pairs) { first, _ in first }))
        }
    }
}
