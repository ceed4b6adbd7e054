import Core

/// The format of an exported history.
enum ExportFormat: String, CaseIterable {
    case csv
    case jsonl

    /// The type of the file.
    var type: String {
        switch self {
        case .csv: "text/csv; charset=utf-8; header=present"
        case .jsonl: "application/jsonl; charset=utf-8"
        }
    }

    /// The lines before the first row.
    func header(_ rows: HistoryRows) -> [UInt8] {
        guard self == .csv else { return [] }
        var line = CSVLine(after: [], isHeader: true)
        // The names of the fields are the same for every row.
        let any = Execution(
            id: 0, jobUUID: "", serverUUID: "", userIdentifier: nil, command: "", parameters: "", executedAt: 0)
        rows.row(any, place: 0).write(to: &line)
        return line.text()
    }

    /// The lines before, and one with a row.
    func adding(_ row: HistoryRow, to lines: consuming [UInt8]) -> [UInt8] {
        switch self {
        case .csv:
            var line = CSVLine(after: lines)
            row.write(to: &line)
            return line.text()
        case .jsonl:
            var object = JSONObject(after: lines)
            row.write(to: &object)
            lines = object.text()
            lines.append(UInt8(ascii: "\n"))
            return lines
        }
    }
}
