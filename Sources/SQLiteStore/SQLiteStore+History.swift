import Core
import GRDB

extension SQLiteStore {
    package func history(_ query: HistoryQuery) throws -> HistoryPage {
        if query.findsNothing { return HistoryPage(rows: [], total: 0) }
        return try readSnapshot { db in
            let total = try HistoryCondition(query).count(db)
            guard let page = PageWindow(page: query.page, total: total) else {
                return HistoryPage(rows: [], total: total)
            }
            let statement = try HistoryStatement(query, page, total: total, db)
            let rows = try Row.fetchAll(db.makeStatement(sql: statement.sql), arguments: statement.arguments)
                .map(Execution.init)
            return HistoryPage(rows: page.isFromTheEnd ? rows.reversed() : rows, total: total)
        }
    }

    package func counts() throws -> [ExecutionCount] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT command, process_status, sum(executions) FROM remotisan_counts
                    GROUP BY command, process_status ORDER BY command, process_status
                    """
            ).compactMap { row in
                row.value(1).flatMap(Status.init).map { status in
                    ExecutionCount(command: row.value(0) ?? "", status: status, count: row.value(2) ?? 0)
                }
            }
        }
    }

    package func users(_ visibility: Visibility) throws -> [String] {
        try read { db in
            let condition = HistoryCondition(visibility)
            return try DatabaseValue.fetchAll(
                db,
                sql: """
                    SELECT user_identifier FROM remotisan_counts
                    WHERE executions > 0 AND user_identifier <> '' AND \(condition.sql)
                    GROUP BY user_identifier ORDER BY user_identifier
                    """, arguments: condition.arguments
            ).compactMap { String.fromDatabaseValue($0) }
        }
    }
}
