import Core
import GRDB
import SQLStore

/// A SELECT of `id` and `executed_at` that finds the first rows, by time, that a person may see.
///
/// For "my own or one of these commands" SQLite has two plans. It reads all rows from the newest one until it has found
/// enough, or it finds all visible rows and sorts them. In a million rows, each plan is slow for some people. The first
/// rows of each single command lie together in an index, though, and the first rows of all are among them.
struct NewestRows {
    let sql: SQL

    /// The number of branches that SQLite joins in one compound SELECT is limited (SQLITE_MAX_COMPOUND_SELECT is 500).
    private static let maxBranches = 400

    /// - Parameters:
    ///   - visibility: The rows that the person may see.
    ///   - filters: Additional conditions.
    ///   - terms: More conditions.
    ///   - offset: Number of rows to skip.
    ///   - count: Number of rows to find.
    ///   - ascending: Whether the oldest rows come first.
    init(
        _ visibility: Visibility, _ filters: HistoryCondition? = nil, and terms: SQL = "1", offset: Int = 0,
        count: Int, ascending: Bool = false
    ) {
        let direction = ascending ? "ASC" : "DESC"
        let order = SQL(sql: "ORDER BY executed_at \(direction), id \(direction)")
        func select(_ condition: SQL, limit: Int) -> SQL {
            """
            SELECT id, executed_at FROM remotisan_executions
            WHERE \(literal: condition) AND \(literal: filters?.sql ?? "1") AND \(literal: terms)
            \(literal: order) LIMIT \(limit)
            """
        }
        let branches = Self.branches(visibility)
        if branches.isEmpty {
            sql = "\(literal: select(HistoryCondition(visibility).sql, limit: count)) OFFSET \(offset)"
        } else {
            let selects = branches.map { "SELECT * FROM (\(literal: select($0, limit: offset + count)))" as SQL }
            // UNION, not UNION ALL, because a person's own row may be of such a command, too.
            sql = """
                \(literal: selects.joined(separator: " UNION ")) \(literal: order) LIMIT \(count) OFFSET \(offset)
                """
        }
    }

    /// Whether the rows are found by branches.
    static func hasBranches(_ visibility: Visibility) -> Bool {
        !branches(visibility).isEmpty
    }

    private static func branches(_ visibility: Visibility) -> [SQL] {
        guard case .ownAndCommands(let user, let commands) = visibility, !commands.isEmpty,
            commands.count < maxBranches
        else { return [] }
        return ["user_identifier = \(user)"] + commands.sorted().map { "command = \($0)" }
    }
}
