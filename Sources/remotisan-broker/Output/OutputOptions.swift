import ArgumentParser
import Core
import Foundation

/// The option of subcommands that also print JSON.
struct JSONOption: ParsableArguments {
    @Flag(name: .customLong("json"), help: "Print JSON in place of text. docs/command-line.md lists the keys.")
    var isJSON = false
}

/// The option of subcommands that print times.
struct TimeOptions: ParsableArguments {
    @Flag(help: "Print times in UTC. On a terminal the default is the zone of this machine, or of TZ.")
    var utc = false

    /// The times for an output.
    func text(on terminal: Terminal) -> TimeText { TimeText(isLocal: terminal.isTerminal && !utc) }
}

/// The options of subcommands that print a table.
struct TableOptions: ParsableArguments {
    @OptionGroup var json: JSONOption
    @OptionGroup var times: TimeOptions

    @Flag(name: .customLong("no-pager"), help: "Print to the terminal itself, and not through PAGER.")
    var hasNoPager = false

    var isJSON: Bool { json.isJSON }

    /// Prints a table or JSON.
    func print(_ body: (inout TablePrinter) throws -> Void) throws {
        let environment = ProcessInfo.processInfo.environment
        let terminal = Terminal.output(environment)
        var printer = TablePrinter(on: terminal, times: times.text(on: terminal), isJSON: isJSON)
        if terminal.isTerminal, !hasNoPager, !isJSON { Pager.start(environment) }
        try body(&printer)
        try StandardOutput.flush()
    }
}

/// Prints the rows of a table: as lines, as JSON Lines, or as one list in JSON.
struct TablePrinter {
    let terminal: Terminal
    let times: TimeText
    let isJSON: Bool

    init(on terminal: Terminal, times: TimeText, isJSON: Bool) {
        self.terminal = terminal
        self.times = times
        self.isJSON = isJSON
    }

    /// A time, or a word if there is none.
    func time(_ seconds: Int64?, else word: String = "-") -> String { seconds.map { times.text($0) } ?? word }

    /// A table that is written row by row. `add` gets the cells and the JSON of a row; only one of them is made.
    ///
    /// - Parameter asLines: Whether the JSON of each row is a line, because there is no limit for the rows. Otherwise all
    ///   rows are one list.
    func rows(
        _ headings: [String], asLines: Bool = false,
        _ body: (_ add: @escaping (() -> [TableWriter.Cell], () -> JSONRecord) throws -> Void) throws -> Void
    ) throws {
        var table = TableWriter(headings, on: terminal) { try StandardOutput.write($0) }
        var count = 0
        if isJSON, !asLines { try StandardOutput.write("[") }
        try body { cells, record in
            guard isJSON else { return try table.add(cells()) }
            let text = try ASCIIJSON.text(of: record())
            try StandardOutput.write(asLines ? text + "\n" : (count == 0 ? "\n" : ",\n") + text)
            count += 1
        }
        try table.finish()
        if isJSON, !asLines { try StandardOutput.write(count == 0 ? "]\n" : "\n]\n") }
    }
}
