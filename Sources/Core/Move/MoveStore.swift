/// Moves the content of a store to one of another kind.
///
/// Everything is written in one transaction of the destination. It is read again there and compared with the source
/// before the commit. So the destination is empty or complete, however the move is interrupted, and a repeated move
/// begins anew. Then the source is marked, so that no program uses it any more.
package struct MoveStore {
    private let source: any StoreContent
    private let destination: any StoreContent
    private let anchors: [AuditAnchor]
    private let acceptsAudit: Bool
    private let progress: (Progress) -> Void

    /// Size of the rows that are written at once, in bytes and rows.
    private static let batch = (bytes: 1 << 20, rows: 1000)

    /// - Parameters:
    ///   - anchors: What the chains of the audit must contain.
    ///   - acceptsAudit: Whether a chain that does not fit is moved, too.
    ///   - progress: Called with the progress after about every thousand rows.
    package init(
        from source: any StoreContent, to destination: any StoreContent, anchors: [AuditAnchor], acceptsAudit: Bool,
        progress: @escaping (Progress) -> Void
    ) {
        self.source = source
        self.destination = destination
        self.anchors = anchors
        self.acceptsAudit = acceptsAudit
        self.progress = progress
    }

    package enum Progress: Sendable, Equatable {
        /// So many rows of a table have been written.
        case moving(table: String, done: Int64, total: Int64)
        /// So many rows of a table have been read again.
        case checking(table: String, done: Int64, total: Int64)
        /// The destination makes the indexes that are made last.
        case indexing
    }

    /// What was moved.
    package struct Outcome: Sendable, Equatable {
        package struct Table: Sendable, Equatable {
            package let name: String
            package let rows: Int64
            package let sha256: String
            /// Columns with other facts than the store keeps. They were not moved.
            package let leftOut: [String]
        }
        package struct Chain: Sendable, Equatable {
            package let instance: String
            package let entries: Int64
            /// What does not fit; nil if everything does.
            package let misfit: AuditMisfit?
        }
        package var tables: [Table] = []
        package var chains: [Chain] = []
        /// Whether an interrupted move had written everything before.
        package var wasComplete = false
    }

    /// Moves the content.
    ///
    /// - Parameter place: The name of the destination, for programs that find the marked source.
    /// - Throws: ``MoveError``, ``StoreError``.
    package func move(to place: String) throws -> Outcome {
        try source.change { source in
            let outcome = try destination.change { destination in
                try Copy(self, from: source, to: destination).run()
            }
            // If this fails, the next move finds all rows at the destination and only marks the source.
            try source.setMoved(to: place)
            return outcome
        }
    }

    /// One move, in the transactions of both stores.
    private struct Copy {
        private let move: MoveStore
        private let source: any StoreTransaction
        private let destination: any StoreTransaction
        private let pairs: [(from: StoreTable, to: StoreTable, leftOut: [String])]

        init(_ move: MoveStore, from source: any StoreTransaction, to destination: any StoreTransaction) throws {
            self.move = move
            self.source = source
            self.destination = destination
            let targets = Dictionary(try destination.tables().map { ($0.name, $0) }) { first, _ in first }
            pairs = try source.tables().map { table in
                guard let target = targets[table.name] else {
                    throw MoveError.other("The destination has no table \(table.name).")
                }
                let known = Set(target.columns.map(\.name))
                let common = table.columns.map(\.name).filter { known.contains($0) }
                return (
                    table.with(columns: common), target.with(columns: common),
                    table.columns.map(\.name).filter { !known.contains($0) }
                )
            }
        }

        func run() throws -> Outcome {
            var present: [String: Int64] = [:]
            for pair in pairs { present[pair.to.name] = try destination.count(pair.to) }
            let isEmpty = present.values.allSatisfy { $0 == 0 }
            if isEmpty { try destination.dropSlowIndexes() }
            var originals: [RowDigest] = []
            for pair in pairs {
                let total = try source.count(pair.from)
                guard isEmpty || total == present[pair.to.name] else { throw MoveError.notEmpty(present) }
                originals.append(
                    isEmpty ? try copy(pair.from, to: pair.to, total: total) : try digest(source, pair.from, total))
            }
            if isEmpty { try destination.analyze() }
            var outcome = Outcome()
            outcome.wasComplete = !isEmpty
            for (pair, original) in zip(pairs, originals) {
                var chains = MovedChains(pair.to, anchors: move.anchors)
                let copied = try digest(destination, pair.to, original.count) { chains?.add($0) }
                guard copied == original else {
                    throw isEmpty ? MoveError.differs(table: pair.to.name) : MoveError.notEmpty(present)
                }
                outcome.tables.append(
                    .init(name: pair.to.name, rows: copied.count, sha256: copied.text, leftOut: pair.leftOut))
                outcome.chains += chains?.finish() ?? []
            }
            if !move.acceptsAudit, let bad = outcome.chains.first(where: { $0.misfit != nil }), let misfit = bad.misfit
            {
                throw MoveError.auditMisfit("\(bad.instance.sanitized): \(misfit)")
            }
            return outcome
        }

        private func copy(_ from: StoreTable, to: StoreTable, total: Int64) throws -> RowDigest {
            var digest = RowDigest()
            var rows: [[StoreValue]] = []
            var bytes = 0
            func flush() throws {
                guard !rows.isEmpty else { return }
                try destination.insert(rows, into: to)
                rows.removeAll(keepingCapacity: true)
                bytes = 0
                move.progress(.moving(table: to.name, done: digest.count, total: total))
            }
            try source.forEachRow(of: from) { row in
                let row = try typed(row, from, to)
                digest.add(row)
                bytes += row.reduce(0) { $0 + ($1.text?.utf8.count ?? 0) }
                rows.append(row)
                if rows.count >= MoveStore.batch.rows || bytes >= MoveStore.batch.bytes { try flush() }
            }
            try flush()
            if to.isNumbered { try destination.setLastNumber(try source.lastNumber(of: from), of: to) }
            return digest
        }

        /// The row with numbers in the columns of numbers. SQLite stores any value in any column.
        private func typed(_ row: [StoreValue], _ from: StoreTable, _ to: StoreTable) throws -> [StoreValue] {
            var row = row
            for (index, column) in to.columns.enumerated() where column.isInteger {
                guard case .text = row[index] else { continue }
                guard let number = row[index].integer else {
                    throw MoveError.unsuitable(table: from.name, key: key(of: row, from), column: column.name)
                }
                row[index] = .integer(number)
            }
            return row
        }

        private func key(of row: [StoreValue], _ table: StoreTable) -> String {
            zip(table.columns, row).filter { table.key.contains($0.0.name) }.map { $0.1.text ?? "" }
                .joined(separator: " ")
        }

        private func digest(
            _ transaction: any StoreTransaction, _ table: StoreTable, _ total: Int64,
            _ also: ([StoreValue]) -> Void = { _ in }
        ) throws -> RowDigest {
            var digest = RowDigest()
            try transaction.forEachRow(of: table) { row in
                digest.add(row)
                also(row)
                if digest.count % Int64(MoveStore.batch.rows) == 0 {
                    move.progress(.checking(table: table.name, done: digest.count, total: total))
                }
            }
            return digest
        }
    }
}
