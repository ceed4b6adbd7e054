import ArgumentParser
import Assembly
import Core

/// `history`: lists executions, or refused attempts.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Lists executions, newest first.",
        discussion: """
            On a terminal the columns have headings. Elsewhere a line has the start, the UUID, the status, the end, the \
            user and the command, separated by two spaces, and the last line is the total. --json prints one object a \
            line and no total.
            """)

    @OptionGroup var options: Options
    @OptionGroup var filters: HistoryFilterOptions

    @Option(help: "Maximum number of executions on a page.")
    var limit = HistoryQuery.perPage

    @Option(help: "The page.")
    var page = 1

    @Flag(help: "List all executions, without pages.")
    var all = false

    @Flag(help: "List the last refused attempts instead: 100, or as many as --limit says. The filters do not apply.")
    var refused = false

    @OptionGroup var table: TableOptions

    /// Number of refused attempts that are listed by default.
    private static let refusals = 100

    func validate() throws {
        guard (1...100_000).contains(limit) else { throw ValidationError("--limit takes 1 to 100000. See also --all.") }
        guard page > 0 else { throw ValidationError("--page takes a number from 1.") }
        guard !all || page == 1 else { throw ValidationError("--page has no effect with --all. Give one of them.") }
    }

    func run() throws {
        let instance = try options.instance()
        try reportingErrors {
            try table.print { printer in
                if refused { return try listRefusals(instance, printer) }
                var query = try filters.query(instance, isUTC: table.times.utc, now: Clock.seconds())
                (query.page, query.rowsPerPage) = (page, limit)
                try all ? listAll(query, instance, printer) : listPage(query, instance, printer)
            }
        }
    }

    private func listPage(_ query: HistoryQuery, _ instance: Instance, _ printer: TablePrinter) throws {
        let history = try instance.store.history(query)
        try list(printer) { add in for row in history.rows { try add(row) } }
        if !printer.isJSON { try StandardOutput.write("\(history.total) in total\n") }
    }

    private func listAll(_ query: HistoryQuery, _ instance: Instance, _ printer: TablePrinter) throws {
        var total = 0
        var export = HistoryExport(query, in: instance.store, now: Clock.seconds())
        try list(printer) { add in
            while let rows = try export.next() {
                total += rows.count
                for row in rows { try add(row) }
            }
        }
        if !printer.isJSON { try StandardOutput.write("\(total) in total\n") }
    }

    private func list(_ printer: TablePrinter, _ body: (@escaping (Execution) throws -> Void) throws -> Void) throws {
        let now = Clock.seconds()
        try printer.rows(["STARTED", "JOB", "STATUS", "END", "DURATION", "USER", "COMMAND"], asLines: true) { add in
            try body { row in
                try add({ Self.cells(row, printer, now: now) }, { row.record })
            }
        }
    }

    private static func cells(_ row: Execution, _ printer: TablePrinter, now: Int64) -> [TableWriter.Cell] {
        var cells: [TableWriter.Cell] = [
            .init(printer.time(row.executedAt)), .init(row.jobUUID), .init("\(row.status)", colour: row.status.colour),
            .init(row.end), .init(row.who), .init("\(row.command) \(row.parameters)"),
        ]
        // Scripts read the other columns by their places.
        if printer.terminal.isTerminal {
            cells.insert(.init(row.seconds(now: now).map { DurationText.text($0) } ?? "-"), at: 4)
        }
        return cells
    }

    private func listRefusals(_ instance: Instance, _ printer: TablePrinter) throws {
        let count = limit == HistoryQuery.perPage ? Self.refusals : limit
        let refusals = try instance.store.refusals(limit: count)
        try printer.rows(["TIME", "USER", "COMMAND", "REASON"], asLines: true) { add in
            for refusal in refusals {
                try add(
                    {
                        [
                            .init(printer.time(refusal.at)),
                            .init(Execution.who(refusal.userIdentifier, refusal.token)),
                            .init("\(refusal.command) \(refusal.parameters)"), .init(refusal.reason),
                        ]
                    },
                    {
                        [
                            "refused_at": refusal.at, "user_identifier": refusal.userIdentifier,
                            "command": refusal.command, "parameters": refusal.parameters, "reason": refusal.reason,
                            "token_id": refusal.token?.id, "token_name": refusal.token?.name,
                        ]
                    })
            }
        }
    }
}
