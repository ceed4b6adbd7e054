import Core
import GRDB
import SQLStore

/// The WHERE clause of a history query.
struct HistoryCondition {
    private let filters: [HistoryFilter]
    /// A condition in addition to the filters.
    private let extra: SQL?
    private let indexes: Indexes

    /// Which conditions SQLite may use to find rows by an index. The others only test rows that were found otherwise.
    enum Indexes: Equatable {
        case all
        /// All except those for the commands of the person.
        case filters
        /// All except those for the status. SQLite knows of no column how many rows have a value, and many have a status.
        case notStatus
        /// Only those for the time of the start.
        case times
        /// Only the one for a filter that few rows meet.
        case rare(HistoryFilter)
        case none
    }

    /// The rows that a person may see.
    init(_ visibility: Visibility, by indexes: Indexes = .all) {
        filters = HistoryFilter.visible(visibility)
        extra = nil
        self.indexes = indexes
    }

    /// The rows that a query selects among those that the person may see.
    init(_ query: HistoryQuery, by indexes: Indexes = .all) {
        let requested = HistoryFilter.requested(query)
        // The newest rows are found first, whatever they are tested for.
        self.indexes = query.maxRecords != nil ? .none : indexes == .all && query.hasFewRows ? .notStatus : indexes
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

    /// The rows that a query selects, also those that the person may not see. They are found by a user or a command.
    init(filtersOf query: HistoryQuery) {
        filters = HistoryFilter.requested(query)
        extra = nil
        indexes = .notStatus
    }

    /// The condition. It is `1` if every row meets it.
    var sql: SQL {
        let parts = (extra.map { [$0] } ?? []) + filters.map(sql)
        return parts.isEmpty ? "1" : parts.joined(separator: " AND ")
    }

    private func sql(_ filter: HistoryFilter) -> SQL {
        // Its rows are found first. Otherwise SQLite may read all rows in the order of the page.
        if indexes == .rare(filter), let condition = Self.indexed(filter) {
            return "id IN (SELECT id FROM remotisan_executions WHERE \(literal: condition))"
        }
        // A unary plus keeps SQLite from using the column's index (The SQLite Query Optimizer Overview, section 3).
        let isTested =
            switch (indexes, filter) {
            case (.all, _), (.times, .startedFrom), (.times, .startedBefore): false
            case (.filters, .userOrCommands), (.notStatus, .status), (.times, _), (.rare, _), (.none, _): true
            case (.filters, _), (.notStatus, _): false
            }
        let plus = SQL(sql: isTested ? "+" : "")
        switch filter {
        case .user(let user): return "\(literal: plus)user_identifier = \(user)"
        case .userOrCommands(let user, let commands):
            return "(\(literal: plus)user_identifier = \(user) OR \(literal: plus)command IN \(commands))"
        case .command(let name): return "\(literal: plus)command = \(name)"
        case .status(let status): return "\(literal: plus)process_status = \(status.rawValue)"
        case .textLike(let pattern):
            return #"(command || ' ' || ifnull(parameters, '')) LIKE \#(pattern) ESCAPE '\'"#
        case .job(let uuid): return "job_uuid = \(uuid.description)"
        case .uuidLike(let pattern): return #"job_uuid LIKE \#(pattern) ESCAPE '\'"#
        case .startedFrom(let time): return "\(literal: plus)executed_at >= \(time)"
        case .startedBefore(let time): return "\(literal: plus)executed_at < \(time)"
        case .instance(let uuid): return "server_uuid = \(uuid)"
        case .token(.person): return "token_id IS NULL"
        // If many rows have a token, the index of tokens is of no use. SQLite would read all of it, because it knows that
        // such rows are there. Numbers begin at 1.
        case .token(.anyToken): return "ifnull(token_id, 0) <> 0"
        case .token(.token(let number)): return "ifnull(token_id, 0) = \(number)"
        case .ran(let limits): return DurationOrder.condition(limits)
        }
    }

    /// The condition of a filter in the form for its index; nil if it has none that is used for few rows only.
    private static func indexed(_ filter: HistoryFilter) -> SQL? {
        switch filter {
        case .token(.anyToken): "token_id IS NOT NULL"
        case .token(.token(let number)): "token_id = \(number)"
        case .ran(let limits): DurationOrder.indexedCondition(limits)
        default: nil
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

extension HistoryQuery {
    /// Whether the rows have one user or one command.
    fileprivate var hasFewRows: Bool {
        switch visibility {
        case .own, .ownAndCommands(_, []): true
        case .everything, .ownAndCommands: user != nil || name != nil
        }
    }
}

extension HistoryCondition {
    /// The indexes that find the rows of a query soonest.
    ///
    /// - Parameters:
    ///   - query: The query.
    ///   - total: The number of its rows; nil if it is not known.
    ///   - fewRows: Rows up to which reading each of them is fast.
    ///   - db: The database with the counts.
    static func indexes(for query: HistoryQuery, total: Int?, fewRows: Int, in db: Database) throws -> Indexes {
        if query.maxRecords == nil {
            for filter in HistoryFilter.requested(query) where try isRare(filter, fewRows: fewRows, in: db) {
                return .rare(filter)
            }
        }
        guard !query.hasFewRows, case .ownAndCommands = query.visibility, let status = query.status.flatMap({ $0 })
        else { return .all }
        let rows = try countRows(of: status, in: db)
        // Many of the rows with that status are visible, or there are fewer of them than visible ones.
        if let total, total * 20 >= rows { return .filters }
        return try rows <= HistoryCondition(query.visibility).count(db) ? .filters : .notStatus
    }

    /// Whether an index finds the rows of a filter, and they are few.
    private static func isRare(_ filter: HistoryFilter, fewRows: Int, in db: Database) throws -> Bool {
        guard let condition = indexed(filter) else { return false }
        let rows =
            try SQLRequest<Int>(
                literal: """
                    SELECT count(*) FROM (
                        SELECT 1 FROM remotisan_executions WHERE \(literal: condition) LIMIT \(fewRows + 1)
                    )
                    """
            ).fetchOne(db) ?? 0
        return rows <= fewRows
    }

    /// The number of rows with a status; nil counts all.
    static func countRows(of status: Status?, in db: Database) throws -> Int {
        let statement = try db.cachedStatement(
            sql: "SELECT ifnull(sum(executions), 0) FROM remotisan_counts WHERE ?1 IS NULL OR process_status = ?1")
        return try Int.fetchOne(statement, arguments: [status?.rawValue]) ?? 0
    }
}
