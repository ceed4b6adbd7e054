import Core
import GRDB
import SQLStore

/// A SELECT of `id` and `executed_at` that finds the first rows, by time, that a person may see.
///
/// For "my own or one of these commands" SQLite has two plans. It reads all rows from the newest one until it has found
/// enough, or it finds all visible rows and sorts them. In a million rows, each plan is slow for some people. The rows of
/// each single command lie in the order of time in an index, though. SQLite merges several such branches as it reads them
/// (`MERGE (UNION ALL)`), if nothing but the compound SELECT has an order. So a page costs as much as the rows before it.
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
        let conditions = Self.branches(visibility) ?? [HistoryCondition(visibility, by: .filters).sql]
        let selects = conditions.map { condition -> SQL in
            """
            SELECT id, executed_at FROM remotisan_executions
            WHERE \(literal: condition) AND \(literal: filters?.sql ?? "1") AND \(literal: terms)
            """
        }
        sql = """
            \(literal: selects.joined(separator: " UNION ALL "))
            ORDER BY executed_at \(sql: direction), id \(sql: direction) LIMIT \(count) OFFSET \(offset)
            """
    }

    /// Whether the rows are found by branches.
    static func hasBranches(_ visibility: Visibility) -> Bool {
        branches(visibility) != nil
    }

    /// The conditions of the branches. No row meets two of them.
    private static func branches(_ visibility: Visibility) -> [SQL]? {
        guard case .ownAndCommands(let user, let commands) = visibility, !commands.isEmpty,
            commands.count < maxBranches
        else { return nil }
        let names = commands.sorted()
        // A unary plus keeps SQLite from using the column's index.
        return ["user_identifier = \(user) AND +command NOT IN \(names)"] + names.map { "command = \($0)" }
    }
}
