import Core
import SQLStore

/// A SELECT of `id` and `executed_at` that finds the first rows, by time, that a person may see.
///
/// For "my own or one of these commands" PostgreSQL has two plans. It reads all rows from the newest one until it has
/// found enough, or it finds all visible rows and sorts them. In a million rows, each plan is slow for some people. The
/// first rows of each single command lie together in an index, though, and the first rows of all are among them.
struct NewestRows {
    let sql: String

    /// - Parameters:
    ///   - visibility: The rows that the person may see.
    ///   - query: Additional conditions.
    ///   - terms: More conditions.
    ///   - offset: Number of rows to skip.
    ///   - count: Number of rows to find.
    ///   - ascending: Whether the oldest rows come first.
    ///   - values: The values of the statement.
    init(
        _ visibility: Visibility, filtersOf query: HistoryQuery? = nil, and terms: String = "true", offset: Int = 0,
        count: Int,
        ascending: Bool = false, _ values: inout Values
    ) {
        let direction = ascending ? "ASC" : "DESC"
        let order = "ORDER BY executed_at \(direction), id \(direction)"
        let filters = query.map { HistoryCondition(filtersOf: $0, &values).sql } ?? "true"
        func select(_ condition: String, _ limit: String) -> String {
            """
            SELECT id, executed_at FROM remotisan_executions
            WHERE \(condition) AND \(filters) AND \(terms) \(order) LIMIT \(limit)
            """
        }
        let place = "LIMIT \(values.add(Value(count))) OFFSET \(values.add(Value(offset)))"
        guard case .ownAndCommands(let user, let commands) = visibility, !commands.isEmpty else {
            let seen = HistoryCondition(visibility, &values).sql
            sql =
                "SELECT id, executed_at FROM remotisan_executions WHERE \(seen) AND \(filters) AND \(terms) \(order) \(place)"
            return
        }
        let reach = values.add(Value(offset + count))
        let own = select("user_identifier = \(values.add(Value(user)))", reach)
        let names = values.add(Value(list: commands.sorted()))
        // UNION, not UNION ALL, because a person's own row may be of such a command, too.
        sql = """
            SELECT id, executed_at FROM (
                (\(own))
                UNION
                SELECT found.id, found.executed_at FROM unnest(\(names)::text[]) AS allowed (name)
                CROSS JOIN LATERAL (\(select("command = allowed.name", reach))) AS found
            ) AS seen \(order) \(place)
            """
    }
}
