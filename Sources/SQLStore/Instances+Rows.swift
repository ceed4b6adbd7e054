import Core

extension RegisteredInstance {
    /// The columns of `remotisan_instances` that ``init(_:)`` reads, in its order.
    package static let columns =
        "server_uuid, name, version, address, first_seen, last_seen, gone_after, place, clock_offset"

    /// Reads a row of ``columns``.
    package init(_ row: some ResultRow) {
        self.init(
            serverUUID: row.text(0) ?? "", name: row.text(1) ?? "", version: row.text(2) ?? "",
            address: row.text(3).flatMap { InstanceAddress($0) }, firstSeen: row.integer(4) ?? 0,
            lastSeen: row.integer(5) ?? 0, goneAfter: row.integer(6) ?? RegisteredInstance.goneAfterByDefault,
            place: row.text(7).flatMap { InstancePlace($0) }, clockOffset: row.integer(8))
    }
}

extension OpenExecutions {
    /// Reads rows of (`server_uuid`, running executions, queued executions).
    package static func byInstance(_ rows: [some ResultRow]) -> [String: OpenExecutions] {
        let pairs = rows.map { row in
            (row.text(0) ?? "", OpenExecutions(running: row.integer(1) ?? 0, waiting: row.integer(2) ?? 0))
        }
        return Dictionary(pairs) { first, _ in first }
    }
}

extension ExecutionCount {
    /// Reads a row of (`command`, `process_status`, count); nil if the status is unknown.
    package init?(_ row: some ResultRow) {
        guard let status = row.integer(1).flatMap(Status.init) else { return nil }
        self.init(command: row.text(0) ?? "", status: status, count: row.integer(2) ?? 0)
    }
}
