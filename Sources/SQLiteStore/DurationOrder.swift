import Core
import GRDB
import SQLStore

/// The first rows by duration.
///
/// The duration of a running execution depends on the time, so no index can hold it. That of an ended one never changes.
/// So the first rows of all are among those that run or are queued, which are few, those without an end, and the first
/// ones of an index.
enum DurationOrder {
    /// Ended executions without a time of the end. Only the original made such rows.
    private static let withoutEnd = "\(Status.endedCondition) AND ifnull(finished_at, 0) = 0"
    private static let withEnd = "\(Status.endedCondition) AND ifnull(finished_at, 0) <> 0"

    static func createIndexes(in db: Database) throws {
        try db.execute(
            sql: """
                CREATE INDEX remotisan_by_duration ON remotisan_executions (finished_at - executed_at, executed_at)
                    WHERE \(withEnd);
                CREATE INDEX remotisan_without_end ON remotisan_executions (executed_at) WHERE \(withoutEnd);
                """)
    }

    /// The time at which running executions end, as an expression.
    static let currentTime = "unixepoch()"

    /// The duration of any row. A queued execution has none.
    static func duration(now: String = currentTime) -> String {
        "iif(\(Status.queued.condition), 0, ifnull(nullif(finished_at, 0), \(now)) - executed_at)"
    }

    /// The groups of rows, each with the duration of its rows. No row is in two of them.
    private static func groups(now: String) -> [(condition: String, duration: String)] {
        [
            ("process_status IN (\(Status.running.sql), \(Status.queued.sql))", duration(now: now)),
            (withoutEnd, "\(now) - executed_at"), (withEnd, "finished_at - executed_at"),
        ]
    }

    /// The condition that an execution has run for a time within limits, for rows that were found otherwise. A queued one
    /// has not run.
    static func condition(_ limits: HistoryQuery.DurationFilter) -> SQL {
        let bounds = bounds("ifnull(nullif(finished_at, 0), \(limits.now)) - executed_at", limits)
        return "(process_status <> \(sql: Status.queued.sql) AND \(literal: bounds))"
    }

    /// The same condition in a form in which indexes find the rows of each group.
    static func indexedCondition(_ limits: HistoryQuery.DurationFilter) -> SQL {
        // The index of rows without an end has the time of the start.
        var starts: [SQL] = []
        if let least = limits.least { starts.append("executed_at <= \(limits.now - least)") }
        if let most = limits.most { starts.append("executed_at >= \(limits.now - most)") }
        return """
            ((\(sql: Status.running.condition) AND \(literal: bounds(duration(now: String(limits.now)), limits)))
                OR (\(sql: withoutEnd) AND \(literal: starts.joined(separator: " AND ")))
                OR (\(sql: withEnd) AND \(literal: bounds("finished_at - executed_at", limits))))
            """
    }

    private static func bounds(_ duration: String, _ limits: HistoryQuery.DurationFilter) -> SQL {
        var bounds: [SQL] = []
        if let least = limits.least { bounds.append("\(sql: duration) >= \(least)") }
        if let most = limits.most { bounds.append("\(sql: duration) <= \(most)") }
        return bounds.joined(separator: " AND ")
    }

    /// A SELECT of the numbers of rows.
    ///
    /// - Parameters:
    ///   - condition: The condition that they meet, for an expression of the duration.
    ///   - order: The ORDER BY terms for an expression of the duration.
    ///   - now: The time at which running executions end, as an expression.
    ///   - offset: Number of rows to skip.
    ///   - count: Number of rows to find.
    static func select(
        _ condition: (_ duration: String) -> SQL, order: (_ duration: String) -> String, now: String = currentTime,
        offset: Int, count: Int
    ) -> SQL {
        // Nothing but the whole has an order, so SQLite merges the groups as it reads them.
        let selects = groups(now: now).map { group -> SQL in
            """
            SELECT id, executed_at, \(sql: group.duration) AS duration FROM remotisan_executions
            WHERE \(sql: group.condition) AND \(literal: condition(group.duration))
            """
        }
        return """
            SELECT id FROM (
                \(literal: selects.joined(separator: " UNION ALL "))
                ORDER BY \(sql: order("duration")) LIMIT \(count) OFFSET \(offset)
            )
            """
    }
}
