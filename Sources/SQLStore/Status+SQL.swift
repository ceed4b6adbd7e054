import Core

extension Status {
    /// The status as an SQL literal. A literal, not a parameter, because a database uses a partial index only when the
    /// condition repeats the literal of its definition.
    package var sql: String { String(rawValue) }

    /// The condition that a row of `remotisan_executions` has this status.
    package var condition: String { "process_status = \(sql)" }

    /// The condition that a row of `remotisan_executions` has ended.
    package static var endedCondition: String { "process_status NOT IN (\(running.sql), \(queued.sql))" }
}
