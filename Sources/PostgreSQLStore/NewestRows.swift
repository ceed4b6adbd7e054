import Core
import SQLStore

/// A SELECT of `id` and `executed_at` that finds the first rows, by time, that a person may see.
///
/// For "my own or one of these commands" PostgreSQL has two plans. It reads all rows from the newest one until it has
/// found enough, or it finds all visible rows and sorts them. In a million rows, each plan is slow for some people. The
/// rows of each single command lie in the order of time in an index, though. The first rows of all are among the first
/// ones of each command.
struct NewestRows {
    let sql: String

    /// How the rows of the commands are put together.
    enum Form {
        /// The first rows of each command are read, and sorted. Fast if these are few.
        case joined
        /// One branch for each command, which PostgreSQL reads in the order of all (Merge Append). A page costs as much
        /// as the rows before it, and each branch some time for its plan.
        case merged
    }

    /// - Parameters:
    ///   - visibility: The rows that the person may see.
    ///   - query: Additional conditions.
    ///   - terms: More conditions.
    ///   - offset: Number of rows to skip.
    ///   - count: Number of rows to find.
    ///   - ascending: Whether the oldest rows come first.
    ///   - form: How the rows of the commands are put together.
    ///   - values: The values of the statement.
    init(
        _ visibility: Visibility, filtersOf query: HistoryQuery? = nil, and terms: String = "true", offset: Int = 0,
        count: Int, ascending: Bool = false, as form: Form = .joined, _ values: inout Values
    ) {
        let direction = ascending ? "ASC" : "DESC"
        let order = "ORDER BY executed_at \(direction), id \(direction)"
        let filters = query.map { HistoryCondition(filtersOf: $0, &values).sql } ?? "true"
        func select(_ condition: String) -> String {
            "SELECT id, executed_at FROM remotisan_executions WHERE \(condition) AND \(filters) AND \(terms)"
        }
        let place = "LIMIT \(values.add(Value(count))) OFFSET \(values.add(Value(offset)))"
        guard case .ownAndCommands(let user, let commands) = visibility, !commands.isEmpty else {
            sql = "\(select(HistoryCondition(visibility, &values).sql)) \(order) \(place)"
            return
        }
        let reach = values.add(Value(offset + count))
        let own = "user_identifier = \(values.add(Value(user)))"
        let names = values.add(Value(list: commands.sorted()))
        if form == .merged {
            let others = "\(own) AND command <> ALL (\(names)::text[])"
            let named = commands.sorted().map { "command = \(values.add(Value($0)))" }
            // With a limit, each branch is read in its order. Without one, PostgreSQL reads whole branches and sorts.
            let branches = ([others] + named).map { "(\(select($0)) \(order) LIMIT \(reach))" }
            sql = "SELECT id, executed_at FROM (\(branches.joined(separator: " UNION ALL "))) AS seen \(order) \(place)"
            return
        }
        // One plan serves all commands, and it may read all rows for a command that never ran. So these are left out.
        // UNION, not UNION ALL, because a person's own row may be of such a command, too.
        sql = """
            SELECT id, executed_at FROM (
                (\(select(own)) \(order) LIMIT \(reach))
                UNION
                SELECT found.id, found.executed_at FROM (
                    SELECT DISTINCT command AS name FROM remotisan_counted WHERE command = ANY (\(names)::text[])
                ) AS allowed
                CROSS JOIN LATERAL (\(select("command = allowed.name")) \(order) LIMIT \(reach)) AS found
            ) AS seen \(order) \(place)
            """
    }
}
