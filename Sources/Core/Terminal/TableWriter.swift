/// Writes a table row by row.
///
/// On a terminal it has headings and aligned columns. Otherwise the cells of a row are separated by two spaces, because
/// scripts read that. No character of a cell can control the terminal.
package struct TableWriter {
    /// One cell.
    package struct Cell: Sendable, ExpressibleByStringInterpolation {
        fileprivate let text: String
        fileprivate let piped: String?
        fileprivate let colour: Colour?

        /// - Parameter piped: The text where there are no headings.
        package init(_ text: String, piped: String? = nil, colour: Colour? = nil) {
            self.text = text.sanitized
            self.piped = piped?.sanitized
            self.colour = colour
        }

        package init(stringLiteral value: String) { self.init(value) }
    }

    /// Rows that are aligned together. A longer table is not kept in memory.
    private static let batch = 500

    private let headings: [String]
    private let terminal: Terminal
    private let write: (String) throws -> Void
    private var pending: [[Cell]] = []
    private var widths: [Int]
    private var hasHeadings = false

    /// - Parameter write: Writes lines, with their line breaks.
    package init(_ headings: [String], on terminal: Terminal, write: @escaping (String) throws -> Void) {
        self.headings = headings
        self.terminal = terminal
        self.write = write
        widths = headings.map(\.terminalWidth)
    }

    /// Adds a row.
    package mutating func add(_ cells: [Cell]) throws {
        guard terminal.isTerminal else {
            return try write(cells.map { $0.piped ?? $0.text }.joined(separator: "  ") + "\n")
        }
        pending.append(cells)
        if pending.count == Self.batch { try finish() }
    }

    /// Writes the rows that are left. An empty table has no headings.
    package mutating func finish() throws {
        guard !pending.isEmpty else { return }
        for row in pending {
            for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.text.terminalWidth) }
        }
        if !hasHeadings { try write(line(headings.map { Cell($0) })) }
        hasHeadings = true
        for row in pending { try write(line(row)) }
        pending.removeAll()
    }

    private func line(_ cells: [Cell]) -> String {
        var line = ""
        for (column, cell) in cells.enumerated() {
            let isLast = column == cells.count - 1
            let padding = isLast ? 0 : widths[column] - cell.text.terminalWidth + 2
            let text = terminal.hasColour ? cell.colour?.applied(to: cell.text) ?? cell.text : cell.text
            line += text + String(repeating: " ", count: padding)
        }
        return line + "\n"
    }
}
