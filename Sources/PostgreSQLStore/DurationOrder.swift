import Core
import SQLStore

/// The first rows by duration.
///
/// The duration of a running execution depends on the time, so no index can hold it. That of an ended one never changes.
/// So the first rows of all are among those that run or are queued, which are few, those without an end, and the first
/// ones of an index.
enum DurationOrder {
    /// Ended executions without a time of the end. Only the original made such rows.
    private static let withoutEnd = "\(Status.endedCondition) AND coalesce(finished_at, 0) = 0"
    private static let withEnd = "\(Status.endedCondition) AND coalesce(finished_at, 0) <> 0"

    /// The statements that create the indexes.
    static let indexes = [
        """
        CREATE INDEX remotisan_by_duration ON remotisan_executions ((finished_at - executed_at), executed_at, id)
            WHERE \(withEnd)
        """,
        "CREATE INDEX remotisan_without_end ON remotisan_executions (executed_at, id) WHERE \(withoutEnd)",
    ]

    /// The duration of any row. A queued execution has none.
    ///
    /// - Parameter now: The placeholder of the time.
    static func duration(now: String) -> String {
        """
        CASE WHEN \(Status.queued.condition) THEN 0 ELSE coalesce(nullif(finished_at, 0), \(now)::bigint) - executed_at \
        END
        """
    }

    /// The groups of rows, each with the duration of its rows. No row is in two of them.
    static func groups(now: String) -> [(condition: String, duration: String)] {
        [
            ("process_status IN (\(Status.running.sql), \(Status.queued.sql))", duration(now: now)),
            (withoutEnd, "\(now)::bigint - executed_at"), (withEnd, "finished_at - executed_at"),
        ]
    }

    /// The condition that an execution has run for a time within limits. A queued one has not run.
    static func condition(_ limits: HistoryQuery.DurationFilter, _ values: inout Values) -> String {
        let now = values.add(Value(limits.now))
        let least = limits.least.map { values.add(Value($0)) }
        let most = limits.most.map { values.add(Value($0)) }
        let groups = groups(now: now).map { group in
            let parts = [
                group.condition, least.map { "\(group.duration) >= \($0)" }, most.map { "\(group.duration) <= \($0)" },
            ]
            return "(\(parts.compactMap(\.self).joined(separator: " AND ")))"
        }
        return "(process_status <> \(Status.queued.sql) AND (\(groups.joined(separator: " OR "))))"
    }

    /// A SELECT of the numbers of rows.
    ///
    /// - Parameters:
    ///   - condition: The condition that they meet, for an expression of the duration.
    ///   - order: The ORDER BY terms for an expression of the duration.
    ///   - now: The placeholder of the time.
    ///   - reach: The placeholder of the number of rows that are skipped or found.
    ///   - place: The LIMIT and OFFSET clauses.
    static func select(
        _ condition: (_ duration: String) -> String, order: (_ duration: String) -> String, now: String, reach: String,
        place: String
    ) -> String {
        let selects = groups(now: now).map { group in
            """
            (SELECT id, executed_at, \(group.duration) AS duration FROM remotisan_executions
                WHERE \(group.condition) AND \(condition(group.duration))
                ORDER BY \(order(group.duration)) LIMIT \(reach))
            """
        }
        return """
            SELECT id FROM (\(selects.joined(separator: " UNION ALL "))) AS first ORDER BY \(order("duration")) \(place)
            """
    }
}
