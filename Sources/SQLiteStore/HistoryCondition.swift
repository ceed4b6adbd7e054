import Core
import GRDB

/// The WHERE clause of a query, with its arguments.
struct HistoryCondition {
    private var parts: [String] = []
    private(set) var arguments = StatementArguments()
    /// Whether it speaks only of what `remotisan_counts` knows. There no user at all and one without a name are the
    /// same.
    private var isCounted = true

    var sql: String {
        parts.isEmpty ? "1" : parts.joined(separator: " AND ")
    }

    /// What somebody sees.
    ///
    /// - Parameter isIndexed: Whether SQLite may look for it by an index; if not it only looks at what another
    ///   index has found.
    init(_ visibility: Visibility, isIndexed: Bool = true) {
        let plus = isIndexed ? "" : "+"
        switch visibility {
        case .everything: break
        case .own(let user):
            isCounted = !user.isEmpty
            add("\(plus)user_identifier = ?", [user])
        case .ownAndCommands(let user, let commands):
            isCounted = !user.isEmpty
            guard !commands.isEmpty else {
                add("\(plus)user_identifier = ?", [user])
                return
            }
            let marks = Array(repeating: "?", count: commands.count).joined(separator: ", ")
            add(
                "(\(plus)user_identifier = ? OR \(plus)command IN (\(marks)))",
                [user] + StatementArguments(commands.sorted()))
        }
    }

    /// What somebody sees and has asked for.
    init(_ query: HistoryQuery, isIndexed: Bool = true) {
        guard let cap = query.maxRecords else {
            self.init(query.visibility(of: query.name), isIndexed: isIndexed)
            addFilters(query)
            return
        }
        // Of what is visible, only the newest: filters choose among those.
        self.init(Visibility.everything)
        isCounted = false
        let newest = NewestRows(query.visibility, count: cap)
        add("id IN (SELECT id FROM (\(newest.sql)))", newest.arguments)
        addFilters(query)
    }

    /// What somebody has asked for, whatever they see.
    init(filtersOf query: HistoryQuery) {
        self.init(Visibility.everything)
        addFilters(query)
    }

    private mutating func addFilters(_ query: HistoryQuery) {
        if case .some(.some(let status)) = query.status { add("process_status = ?", [status.rawValue]) }
        if let user = query.user {
            if user.isEmpty { isCounted = false }
            add("user_identifier = ?", [user])
        }
        if let name = query.name { add("command = ?", [name]) }
        if let text = query.text {
            isCounted = false
            add(#"(command || ' ' || ifnull(parameters, '')) LIKE ? ESCAPE '\'"#, [HistoryQuery.pattern(text)])
        }
        if let uuid = query.uuid {
            isCounted = false
            if let whole = JobUUID(uuid) {
                add("job_uuid = ?", [whole.description])
            } else {
                add(#"job_uuid LIKE ? ESCAPE '\'"#, [HistoryQuery.pattern(uuid)])
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
    func count(_ db: Database) throws -> Int {
        let what =
            isCounted
            ? "SELECT ifnull(sum(executions), 0) FROM remotisan_counts" : "SELECT count(*) FROM remotisan_executions"
        let statement = try db.makeStatement(sql: "\(what) WHERE \(sql)")
        return try Int.fetchOne(statement, arguments: arguments) ?? 0
    }

    private mutating func add(_ sql: String, _ values: StatementArguments) {
        parts.append(sql)
        arguments += values
    }
}
