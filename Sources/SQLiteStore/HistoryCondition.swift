import Core
import GRDB
import SQLStore

/// The WHERE clause of a history query.
struct HistoryCondition {
    private let filters: [HistoryFilter]
    /// A condition in addition to the filters.
    private let extra: SQL?
    /// Whether SQLite may find the visible rows by their indexes. If not, it only tests rows that another index has
    /// found.
    private let isIndexed: Bool

    /// The rows that a person may see.
    init(_ visibility: Visibility) {
        filters = HistoryFilter.visible(visibility)
        extra = nil
        isIndexed = true
    }

    /// The rows that a query selects among those that the person may see.
    init(_ query: HistoryQuery, isIndexed: Bool = true) {
        let requested = HistoryFilter.requested(query)
        self.isIndexed = isIndexed
        guard let cap = query.maxRecords else {
            filters = HistoryFilter.visible(query.visibilityOfCommand) + requested
            extra = nil
            return
        }
        // The filters choose among the newest rows that the person may see.
        filters = requested
        let newest = NewestRows(query.visibility, count: cap)
        extra = "id IN (SELECT id FROM (\(literal: newest.sql)))"
    }

    /// The rows that a query selects, also those that the person may not see.
    init(filtersOf query: HistoryQuery) {
        filters = HistoryFilter.requested(query)
        extra = nil
        isIndexed = true
    }

    /// The condition. It is `1` if every row meets it.
    var sql: SQL {
        let parts = (extra.map { [$0] } ?? []) + filters.map(sql)
        return parts.isEmpty ? "1" : parts.joined(separator: " AND ")
    }

    private func sql(_ filter: HistoryFilter) -> SQL {
        // A unary plus keeps SQLite from using the column's index (The SQLite Query Optimizer Overview, section 3).
        let plus = SQL(sql: isIndexed ? "" : "+")
        switch filter {
        case .user(let user): return "\(literal: plus)user_identifier = \(user)"
        case .userOrCommands(let user, let commands):
            return "(\(literal: plus)user_identifier = \(user) OR \(literal: plus)command IN \(commands))"
        case .command(let name): return "command = \(name)"
        case .status(let status): return "process_status = \(status.rawValue)"
        case .textLike(let pattern):
            return #"(command || ' ' || ifnull(parameters, '')) LIKE \#(pattern) ESCAPE '\'"#
        case .job(let uuid): return "job_uuid = \(uuid.description)"
        case .uuidLike(let pattern): return #"job_uuid LIKE \#(pattern) ESCAPE '\'"#
        case .startedFrom(let time): return "executed_at >= \(time)"
        case .startedBefore(let time): return "executed_at < \(time)"
        case .instance(let uuid): return "server_uuid = \(uuid)"
        case .token(.person): return "token_id IS NULL"
        case .token(.anyToken): return "token_id IS NOT NULL"
        case .token(.token(let number)): return "token_id = \(number)"
        case .ran(let limits): return DurationOrder.condition(limits)
        }
    }

    /// Whether the table of counts can answer it.
    var isCounted: Bool { extra == nil && filters.allSatisfy(\.isCounted) }

    /// The number of rows that meet the condition, but not more than a limit.
    ///
    /// - Parameter candidates: The rows among which a search looks; nil to look at all.
    func count(_ db: Database, upTo limit: Int? = nil, among candidates: SearchCandidates? = nil) throws -> Int {
        if isCounted, filters.isEmpty {
            let statement = try db.cachedStatement(sql: "SELECT ifnull(sum(executions), 0) FROM remotisan_counts")
            return try Int.fetchOne(statement) ?? 0
        }
        let select: SQL =
            if isCounted {
                "SELECT ifnull(sum(executions), 0) FROM remotisan_counts WHERE \(literal: sql)"
            } else if limit == nil, candidates == nil {
                "SELECT count(*) FROM remotisan_executions WHERE \(literal: sql)"
            } else {
                """
                SELECT count(*) FROM (
                    SELECT 1 FROM \(literal: candidates?.from ?? "remotisan_executions") WHERE \(literal: sql)
                    LIMIT \(limit ?? -1)
                )
                """
            }
        return try SQLRequest<Int>(literal: select).fetchOne(db) ?? 0
    }

    /// Whether a search for a text is its only condition.
    var isTextAlone: Bool {
        guard extra == nil, filters.count == 1, case .textLike = filters.first else { return false }
        return true
    }
}
