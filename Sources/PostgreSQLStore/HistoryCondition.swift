import Core
import SQLStore

/// The WHERE clause of a history query. Its values are added to those of the statement that contains it.
struct HistoryCondition {
    /// The condition. It is `true` if every row meets it.
    let sql: String
    /// Whether the table of counts can answer it.
    let isCounted: Bool

    /// The rows that a person may see.
    init(_ visibility: Visibility, _ values: inout Values) {
        self.init(HistoryFilter.visible(visibility), &values)
    }

    /// The rows that a query selects among those that the person may see.
    init(_ query: HistoryQuery, _ values: inout Values) {
        let requested = HistoryFilter.requested(query)
        guard let cap = query.maxRecords else {
            self.init(HistoryFilter.visible(query.visibilityOfCommand) + requested, &values)
            return
        }
        // The filters choose among the newest rows that the person may see.
        let newest = NewestRows(query.visibility, count: cap, &values).sql
        self.init(requested, &values, and: "id = ANY (ARRAY (SELECT id FROM (\(newest)) AS newest))")
    }

    /// The rows that a query selects, also those that the person may not see. They are found by a user or a command.
    init(filtersOf query: HistoryQuery, _ values: inout Values) {
        var other = query
        other.status = nil
        var status: String?
        // PostgreSQL expects this of half of all rows, and knows no index for it. So it reads those of the command in
        // their order.
        if case .some(.some(let wanted)) = query.status {
            status = "coalesce(process_status = \(values.add(Value(wanted.rawValue))), false)"
        }
        self.init(HistoryFilter.requested(other), &values, and: status)
    }

    private init(_ filters: [HistoryFilter], _ values: inout Values, and extra: String? = nil) {
        let parts = (extra.map { [$0] } ?? []) + filters.map { Self.sql($0, &values) }
        sql = parts.isEmpty ? "true" : parts.joined(separator: " AND ")
        isCounted = extra == nil && filters.allSatisfy(\.isCounted)
    }

    private static func sql(_ filter: HistoryFilter, _ values: inout Values) -> String {
        if let rare = values.hints.rare, rare.filter == filter, let condition = rare.condition(&values) {
            return condition
        }
        switch filter {
        case .user(let user): return "user_identifier = \(values.add(Value(user)))"
        case .userOrCommands(let user, let commands):
            return """
                (user_identifier = \(values.add(Value(user)))
                    OR command = ANY (\(values.add(Value(list: commands)))::text[]))
                """
        case .command(let name): return "command = \(values.add(Value(name)))"
        case .status(let status): return "process_status = \(values.add(Value(status.rawValue)))"
        // In the C collation only ASCII letters have a case, as in SQLite's LIKE.
        case .textLike(let pattern):
            return contains(text, pattern, &values)
        case .job(let uuid): return "job_uuid = \(values.add(Value(uuid.description)))"
        case .uuidLike(let pattern):
            return contains(uuid, pattern, &values)
        case .startedFrom(let time): return "executed_at >= \(values.add(Value(time)))"
        case .startedBefore(let time): return "executed_at < \(values.add(Value(time)))"
        case .instance(let uuid): return "server_uuid = \(values.add(Value(uuid)))"
        case .token(.person): return "token_id IS NULL"
        case .token(.anyToken): return "token_id IS NOT NULL"
        case .token(.token(let number)): return "token_id = \(values.add(Value(number)))"
        case .ran(let limits): return DurationOrder.condition(limits, &values)
        }
    }

    private static func contains(_ text: String, _ pattern: String, _ values: inout Values) -> String {
        let like = #"\#(text) LIKE \#(values.add(Value(pattern.lowercasedASCII))) ESCAPE '\'"#
        // PostgreSQL expects such a condition of half of all rows, and knows no index for it.
        return values.hints.isTextFrequent ? "coalesce(\(like), false)" : like
    }

    /// The text of a row that is searched. The indexes of ``SearchIndexes`` have the same expressions.
    static let text = "lower(command || ' ' || coalesce(parameters, ''))"
    static let uuid = "lower(job_uuid)"

    /// The SELECT of the number of rows that meet the condition, but not more than a limit.
    func count(upTo limit: Int? = nil) -> String {
        if isCounted { return "SELECT coalesce(sum(executions), 0) FROM remotisan_counted WHERE \(sql)" }
        guard let limit else { return "SELECT count(*) FROM remotisan_executions WHERE \(sql)" }
        return "SELECT count(*) FROM (SELECT FROM remotisan_executions WHERE \(sql) LIMIT \(limit)) AS found"
    }
}
