import Core
import SQLStore

/// A filter that few rows meet, and whose rows an index finds.
///
/// PostgreSQL cannot know that: it has no statistics of an expression in a partial index. It expects a third of all rows
/// for any limit of the running time, and reads all of them.
struct RareFilter: Equatable {
    let filter: HistoryFilter
    /// Number of rows.
    let rows: Int

    /// - Parameter rows: The number that the ``probe(_:fewRows:)`` of the filter has found.
    /// - Returns: Nil if they are many.
    init?(_ filter: HistoryFilter, rows: Int, fewRows: Int) {
        guard rows <= fewRows else { return nil }
        self.filter = filter
        self.rows = rows
    }

    /// The filters of a query that have an index for few rows.
    static func candidates(_ query: HistoryQuery) -> [HistoryFilter] {
        // The newest rows are found first, whatever they are tested for.
        guard query.maxRecords == nil else { return [] }
        return HistoryFilter.requested(query).filter { filter in
            var values = Values()
            return select(filter, limit: 0, &values) != nil
        }
    }

    /// The statement that counts the rows of a filter, up to one more than few.
    static func probe(_ filter: HistoryFilter, fewRows: Int) -> Query? {
        var values = Values()
        return select(filter, limit: fewRows + 1, &values).map {
            .once("SELECT count(*) FROM (\($0)) AS rare", values.all)
        }
    }

    /// The condition for its rows.
    func condition(_ values: inout Values) -> String? {
        Self.select(filter, limit: rows, &values).map { "id = ANY (ARRAY (\($0)))" }
    }

    private static func select(_ filter: HistoryFilter, limit: Int, _ values: inout Values) -> String? {
        let tokens = { (condition: String, order: String) in
            "SELECT id FROM remotisan_executions WHERE \(condition) ORDER BY \(order) LIMIT \(limit)"
        }
        return switch filter {
        case .token(.anyToken): tokens("token_id IS NOT NULL", "token_id, executed_at, id")
        case .token(.token(let number)): tokens("token_id = \(values.add(Value(number)))", "executed_at, id")
        case .ran(let limits): DurationOrder.select(limits, limit: limit, &values)
        default: nil
        }
    }
}

/// What is known of the rows of a history query before its statement is built.
struct HistoryHints {
    /// Whether a text that it searches for is frequent.
    var isTextFrequent = false
    /// A filter that few rows meet.
    var rare: RareFilter?
}
