import Core
import GRDB

/// The first rows, by time, of what somebody sees: a SELECT of `id` and `executed_at`.
///
/// For "my own or one of these commands" SQLite either reads everything from the newest row on until enough is
/// found, or finds all that are visible and sorts them; of a million rows both take long for somebody. Each command's
/// first rows stand together in an index, though: those of each, put together, hold the first of all.
struct NewestRows {
    let sql: String
    let arguments: StatementArguments

    /// Branches beyond which SQLite refuses to join (SQLITE_MAX_COMPOUND_SELECT is 500).
    private static let maxBranches = 400

    /// - Parameters:
    ///   - visibility: What is seen.
    ///   - filters: What is asked for, in addition.
    ///   - count: So many rows, `offset` passed over.
    ///   - ascending: Whether the oldest come first.
    init(
        _ visibility: Visibility, _ filters: HistoryCondition? = nil, offset: Int = 0, count: Int,
        ascending: Bool = false
    ) {
        let direction = ascending ? "ASC" : "DESC"
        let order = "ORDER BY executed_at \(direction), id \(direction)"
        var arguments = StatementArguments()
        func select(_ condition: String, _ values: StatementArguments, _ limit: Int) -> String {
            arguments += values + (filters?.arguments ?? StatementArguments()) + [limit]
            return """
                SELECT id, executed_at FROM remotisan_executions
                WHERE \(condition) AND \(filters?.sql ?? "1") \(order) LIMIT ?
                """
        }
        let branches = Self.branches(visibility)
        if branches.isEmpty {
            let seen = HistoryCondition(visibility)
            sql = select(seen.sql, seen.arguments, count) + " OFFSET ?"
        } else {
            let selects = branches.map { "SELECT * FROM (\(select($0.sql, $0.arguments, offset + count)))" }
            // UNION, not UNION ALL: what is both one's own and of a command is one row.
            sql = "\(selects.joined(separator: " UNION ")) \(order) LIMIT ? OFFSET ?"
            arguments += [count]
        }
        self.arguments = arguments + [offset]
    }

    /// Whether these rows are found by branches.
    static func hasBranches(_ visibility: Visibility) -> Bool {
        !branches(visibility).isEmpty
    }

    private static func branches(_ visibility: Visibility) -> [(sql: String, arguments: StatementArguments)] {
        guard case .ownAndCommands(let user, let commands) = visibility, !commands.isEmpty,
            commands.count < maxBranches
        else { return [] }
        return [("user_identifier = ?", [user])] + commands.sorted().map { ("command = ?", [$0]) }
    }
}
