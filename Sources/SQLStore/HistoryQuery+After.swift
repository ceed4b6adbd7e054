import Core

/// A condition of a query for the rows after a place. Each store writes it in its own SQL.
package struct OrderTerm: Sendable, Equatable {
    package let key: HistoryQuery.OrderKey
    package let relation: Relation
    package let value: Value

    package enum Relation: Sendable {
        case equal, less, greater

        /// The operator of SQL.
        package var sign: String {
            switch self {
            case .equal: "="
            case .less: "<"
            case .greater: ">"
            }
        }
    }

    package enum Value: Sendable, Equatable {
        case text(String)
        case number(Int64)
        /// Only a user can be missing.
        case null
    }
}

extension HistoryQuery {
    /// Conditions for the rows after a place. The rows of the first list of conditions come first, then those of the
    /// second, and so on. So each can be found by an index, unlike the rows of one long OR.
    ///
    /// - Parameters:
    ///   - place: The place; nil for all rows.
    ///   - now: Unix seconds. Running executions end here in an order by duration.
    package func terms(after place: HistoryPlace?, now: Int64) -> [[OrderTerm]] {
        guard let place else { return [[]] }
        let keys = order(isReversed: false).map { key, isAscending in
            (key: key, isAscending: isAscending, value: place.value(of: key, now: now))
        }
        return keys.indices.reversed().flatMap { index in
            let equal = keys[..<index].map { OrderTerm(key: $0.key, relation: .equal, value: $0.value) }
            return Self.beyond(keys[index]).map { equal + [$0] }
        }
    }

    /// Rows without a user come before all others.
    private static func beyond(
        _ item: (key: OrderKey, isAscending: Bool, value: OrderTerm.Value)
    ) -> [OrderTerm] {
        if item.isAscending { return [OrderTerm(key: item.key, relation: .greater, value: item.value)] }
        if item.value == .null { return [] }
        let less = OrderTerm(key: item.key, relation: .less, value: item.value)
        return item.key == .user ? [less, OrderTerm(key: item.key, relation: .equal, value: .null)] : [less]
    }
}

extension HistoryPlace {
    fileprivate func value(of key: HistoryQuery.OrderKey, now: Int64) -> OrderTerm.Value {
        switch key {
        case .command: .text(command)
        case .parameters: .text(parameters)
        case .user: user.map { .text($0) } ?? .null
        case .status: .number(status)
        case .duration: .number(duration(now: now))
        case .executedAt: .number(executedAt)
        case .id: .number(id)
        }
    }

    /// Reads a row of ``Execution/columns``.
    ///
    /// - Throws: ``StoreError`` if a value has another type, because the rows after it cannot be found then.
    package init(_ row: some ResultRow) throws(StoreError) {
        guard let id: Int64 = row.integer(0), let command = row.text(4), let executedAt: Int64 = row.integer(6),
            let status: Int64 = row.integer(8)
        else {
            throw .broken("the execution with the number \(row.integer(0) ?? -1 as Int64) has values of wrong types")
        }
        self.init(
            command: command, parameters: row.text(5) ?? "", user: row.text(3), status: status, executedAt: executedAt,
            finishedAt: row.integer(7), id: id)
    }
}
