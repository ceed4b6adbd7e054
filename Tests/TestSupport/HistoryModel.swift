import Core

/// A simple implementation of the history. The optimized queries of a store must return the same.
package struct HistoryModel {
    package private(set) var rows: [Execution] = []

    package init() {}

    /// Adds a row, or replaces its earlier state.
    package mutating func put(_ row: Execution) {
        rows.removeAll { $0.id == row.id }
        rows.append(row)
    }

    /// Removes the row of a job.
    package mutating func remove(_ uuid: String) {
        rows.removeAll { $0.jobUUID == uuid }
    }

    /// Number of executions by command and status, sorted.
    package var counts: [ExecutionCount] {
        let groups = Dictionary(grouping: rows) { [$0.command, String($0.status.rawValue)] }
        return groups.values.compactMap { group in
            group.first.map { ExecutionCount(command: $0.command, status: $0.status, count: group.count) }
        }.sorted { (Array($0.command.utf8), $0.status.rawValue) < (Array($1.command.utf8), $1.status.rawValue) }
    }

    /// The users of the visible executions, sorted.
    package func users(_ visibility: Visibility) -> [String] {
        let users = Set(rows.filter { Self.sees(visibility, $0) }.compactMap(\.userIdentifier)).subtracting([""])
        return users.sorted { Array($0.utf8) < Array($1.utf8) }
    }

    /// The rows of all pages of a query.
    ///
    /// - Parameters:
    ///   - query: The query.
    ///   - now: Unix seconds. A running execution has a duration until now.
    package func rows(of query: HistoryQuery, now: Int64) -> [Execution] {
        if case .some(.none) = query.status { return [] }
        var found = rows.filter { Self.sees(query.visibility, $0) }.sorted(by: Self.isNewer)
        if let cap = query.maxRecords { found = Array(found.prefix(cap)) }
        found = found.filter { Self.matches(query, $0) && Self.hasStarted(query, $0) }
        found.sort { Self.isBefore($0, $1, in: query, now: now) }
        return found
    }

    private static func sees(_ visibility: Visibility, _ row: Execution) -> Bool {
        func isOwn(_ user: String) -> Bool { row.userIdentifier.map { Array($0.utf8) } == Array(user.utf8) }
        switch visibility {
        case .everything: return true
        case .own(let user): return isOwn(user)
        case .ownAndCommands(let user, let commands):
            return isOwn(user) || commands.contains { Array($0.utf8) == Array(row.command.utf8) }
        }
    }

    private static func matches(_ query: HistoryQuery, _ row: Execution) -> Bool {
        if case .some(.some(let status)) = query.status, row.status != status { return false }
        if let user = query.user, row.userIdentifier.map({ Array($0.utf8) != Array(user.utf8) }) ?? true {
            return false
        }
        if let name = query.name, Array(row.command.utf8) != Array(name.utf8) { return false }
        if let text = query.text, !contains("\(row.command) \(row.parameters)", text) { return false }
        if let uuid = query.uuid, !contains(row.jobUUID, uuid) { return false }
        if let from = query.from, row.executedAt < from { return false }
        if let until = query.until, row.executedAt >= until { return false }
        return true
    }

    /// Whether a row fits the filters of the instance, the API token and the running time.
    private static func hasStarted(_ query: HistoryQuery, _ row: Execution) -> Bool {
        if let instance = query.instance, row.serverUUID != instance { return false }
        switch query.token {
        case nil: break
        case .person: if row.token != nil { return false }
        case .anyToken: if row.token == nil { return false }
        case .token(let number): if row.token?.id != number { return false }
        }
        guard let limits = query.duration else { return true }
        let seconds = duration(row, limits.now)
        return row.status != .queued && seconds >= limits.least ?? .min && seconds <= limits.most ?? .max
    }

    /// Whether a text contains another. The case of ASCII letters is ignored.
    private static func contains(_ text: String, _ part: String) -> Bool {
        func lowered(_ text: String) -> [UInt8] {
            text.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        }
        return part.isEmpty || !lowered(text).ranges(of: lowered(part)).isEmpty
    }

    private static func isNewer(_ one: Execution, _ other: Execution) -> Bool {
        (one.executedAt, one.id) > (other.executedAt, other.id)
    }

    private static func isBefore(_ one: Execution, _ other: Execution, in query: HistoryQuery, now: Int64) -> Bool {
        func compare(_ left: [Int64], _ right: [Int64]) -> Bool? {
            if left == right { return nil }
            return left.lexicographicallyPrecedes(right) == query.ascending
        }
        // A missing user sorts before an empty name.
        func order(_ text: String?) -> [Int64] { text.map { [0] + $0.utf8.map { Int64($0) } } ?? [] }
        let decision: Bool? =
            switch query.sort {
            case .executedAt: compare([one.executedAt, one.id], [other.executedAt, other.id])
            case .command:
                compare(order(one.command), order(other.command))
                    ?? compare(order(one.parameters), order(other.parameters))
            case .user: compare(order(one.userIdentifier), order(other.userIdentifier))
            case .status: compare([Int64(one.status.rawValue)], [Int64(other.status.rawValue)])
            case .duration: compare([duration(one, now)], [duration(other, now)])
            }
        return decision ?? isNewer(one, other)
    }

    private static func duration(_ row: Execution, _ now: Int64) -> Int64 {
        if row.status == .queued { return 0 }
        let end = row.finishedAt.flatMap { $0 == 0 ? nil : $0 } ?? now
        return end - row.executedAt
    }
}

private func < (left: ([UInt8], Int), right: ([UInt8], Int)) -> Bool {
    left.0 == right.0 ? left.1 < right.1 : left.0 < right.0
}

private func < (left: [UInt8], right: [UInt8]) -> Bool {
    left.lexicographicallyPrecedes(right)
}
