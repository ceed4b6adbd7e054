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
        let bounds = bounds("coalesce(nullif(finished_at, 0), \(now)::bigint) - executed_at", limits, &values)
        return "(process_status <> \(Status.queued.sql) AND \(bounds))"
    }

    /// A SELECT of the numbers of these executions, if they are not more than a limit. Indexes find the rows of each
    /// group.
    static func select(_ limits: HistoryQuery.DurationFilter, limit: Int, _ values: inout Values) -> String {
        let now = values.add(Value(limits.now))
        // The index of rows without an end has the time of the start.
        let starts = [
            limits.least.map { "executed_at <= \(values.add(Value(limits.now - $0)))" },
            limits.most.map { "executed_at >= \(values.add(Value(limits.now - $0)))" },
        ].compactMap(\.self).joined(separator: " AND ")
        let ended = "finished_at - executed_at"
        let groups = [
            (Status.running.condition, bounds(duration(now: now), limits, &values), "executed_at, id"),
            (withoutEnd, starts, "executed_at, id"),
            (withEnd, bounds(ended, limits, &values), "\(ended), executed_at, id"),
        ]
        // With an order and a limit, PostgreSQL reads the index, whatever it expects.
        return groups.map { condition, bounds, order in
            """
            (SELECT id FROM remotisan_executions WHERE \(condition) AND \(bounds) ORDER BY \(order) LIMIT \(limit))
            """
        }.joined(separator: " UNION ALL ")
    }

    private static func bounds(
        _ duration: String, _ limits: HistoryQuery.DurationFilter, _ values: inout Values
    ) -> String {
        [
            limits.least.map { "\(duration) >= \(values.add(Value($0)))" },
            limits.most.map { "\(duration) <= \(values.add(Value($0)))" },
        ].compactMap(\.self).joined(separator: " AND ")
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
