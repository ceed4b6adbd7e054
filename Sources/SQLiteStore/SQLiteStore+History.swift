import Core
import GRDB

extension SQLiteStore {
    package func history(_ query: HistoryQuery) throws -> HistoryPage {
        // A status that does not exist finds nothing.
        if case .some(.none) = query.status { return HistoryPage(rows: [], total: 0) }
        return try read { db in
            let condition = Condition(query)
            let total = try condition.count(db, query)
            let offset = HistoryQuery.perPage.multipliedReportingOverflow(by: max(query.page, 1) - 1)
            guard !offset.overflow, offset.partialValue < total else { return HistoryPage(rows: [], total: total) }
            let statement = try db.cachedStatement(
                sql: """
                    SELECT \(Execution.columns) FROM remotisan_executions
                    WHERE \(condition.sql) ORDER BY \(query.order) LIMIT ? OFFSET ?
                    """)
            let arguments = condition.arguments + [HistoryQuery.perPage, offset.partialValue]
            return HistoryPage(
                rows: try Row.fetchAll(statement, arguments: arguments).map(Execution.init), total: total)
        }
    }

    package func counts() throws -> [ExecutionCount] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT command, process_status, sum(executions) FROM remotisan_counts
                    GROUP BY command, process_status ORDER BY command, process_status
                    """
            ).compactMap { row in
                Status(rawValue: row[1]).map { ExecutionCount(command: row[0], status: $0, count: row[2]) }
            }
        }
    }

    package func users(_ visibility: Visibility) throws -> [String] {
        try read { db in
            let condition = Condition(visibility)
            return try String.fetchAll(
                db,
                sql: """
                    SELECT user_identifier FROM remotisan_counts
                    WHERE executions > 0 AND user_identifier <> '' AND \(condition.sql)
                    GROUP BY user_identifier ORDER BY user_identifier
                    """, arguments: condition.arguments)
        }
    }
}

extension HistoryQuery {
    /// The ORDER BY clause; rows alike in the chosen order come newest first.
    fileprivate var order: String {
        let direction = ascending ? "ASC" : "DESC"
        switch sort {
        case .executedAt: return "executed_at \(direction), id \(direction)"
        case .command: return "command \(direction), parameters \(direction), executed_at DESC, id DESC"
        case .user: return "user_identifier \(direction), executed_at DESC, id DESC"
        case .status: return "process_status \(direction), executed_at DESC, id DESC"
        case .duration:
            return "ifnull(nullif(finished_at, 0), unixepoch()) - executed_at \(direction), executed_at DESC, id DESC"
        }
    }
}

/// The WHERE clause of a query, with its arguments.
private struct Condition {
    private var parts: [String] = []
    private(set) var arguments = StatementArguments()
    /// Whether it speaks only of what `remotisan_counts` knows.
    private var isCounted = true

    var sql: String {
        parts.isEmpty ? "1" : parts.joined(separator: " AND ")
    }

    init(_ visibility: Visibility) {
        switch visibility {
        case .everything: break
        case .own(let user): add("user_identifier = ?", [user])
        case .ownAndCommands(let user, let commands):
            let marks = Array(repeating: "?", count: commands.count).joined(separator: ", ")
            add("(user_identifier = ? OR command IN (\(marks)))", [user] + StatementArguments(commands.sorted()))
        }
    }

    init(_ query: HistoryQuery) {
        self.init(query.visibility)
        if let cap = query.maxRecords {
            // Of what is visible, only the newest: filters choose among those.
            let visible = self
            parts = []
            arguments = StatementArguments()
            isCounted = false
            add(
                """
                id IN (SELECT id FROM remotisan_executions WHERE \(visible.sql)
                    ORDER BY executed_at DESC, id DESC LIMIT ?)
                """, visible.arguments + [cap])
        }
        if case .some(.some(let status)) = query.status { add("process_status = ?", [status.rawValue]) }
        if let user = query.user { add("user_identifier = ?", [user]) }
        if let name = query.name { add("command = ?", [name]) }
        if let text = query.text {
            isCounted = false
            add(#"(command || ' ' || ifnull(parameters, '')) LIKE ? ESCAPE '\'"#, [Self.pattern(text)])
        }
        if let uuid = query.uuid {
            isCounted = false
            if let whole = JobUUID(uuid) {
                add("job_uuid = ?", [whole.description])
            } else {
                add(#"job_uuid LIKE ? ESCAPE '\'"#, [Self.pattern(uuid)])
            }
        }
        if let from = query.from {
            isCounted = false
            add("executed_at >= ?", [from])
        }
        if let until = query.until {
            isCounted = false
            add("executed_at < ?", [until])
        }
    }

    /// Number of rows that meet it.
    func count(_ db: Database, _ query: HistoryQuery) throws -> Int {
        let what =
            isCounted
            ? "SELECT ifnull(sum(executions), 0) FROM remotisan_counts" : "SELECT count(*) FROM remotisan_executions"
        let statement = try db.cachedStatement(sql: "\(what) WHERE \(sql)")
        return try Int.fetchOne(statement, arguments: arguments) ?? 0
    }

    private mutating func add(_ sql: String, _ values: StatementArguments) {
        parts.append(sql)
        arguments += values
    }

    /// A LIKE pattern for "contains"; what would be a wildcard is an ordinary character.
    private static func pattern(_ text: String) -> String {
        var escaped = ""
        for character in text {
            if "%_\\".contains(character) { escaped.append("\\") }
            escaped.append(character)
        }
        return "%\(escaped)%"
    }
}
