/// Imports executions of the original into a store.
///
/// Everything is one transaction. Executions whose jobs are in the store are left alone, so a second import of the same
/// rows changes nothing.
package struct ImportHistory {
    private let rows: any OriginalRows
    private let file: String
    private let content: any StoreContent
    private let audit: any AuditStore
    private let actor: AuditActor
    private let skipsInvalid: Bool

    private static let batch = 500
    /// Number of malformed rows that are named.
    private static let shown = 20

    /// - Parameters:
    ///   - file: The name of the dump, for messages.
    ///   - audit: The store of the content, for the end of the chain of the audit.
    ///   - actor: Who imports, for the audit. Its instance is the one that the rows may belong to.
    ///   - skipsInvalid: Whether malformed rows are left out, instead of refusing the dump.
    package init(
        _ rows: any OriginalRows, of file: String, into content: any StoreContent, audit: any AuditStore,
        by actor: AuditActor, skipsInvalid: Bool
    ) {
        self.rows = rows
        self.file = file
        self.content = content
        self.audit = audit
        self.actor = actor
        self.skipsInvalid = skipsInvalid
    }

    /// What was imported.
    package struct Outcome: Sendable, Equatable {
        package var imported = 0
        /// Executions that were in the store before.
        package var present = 0
        /// Imported executions that run no more, although the original left them running. Those of this instance are
        /// settled by the next broker pass, by the files of their jobs.
        package var lost = 0
        package var running = 0
        /// Malformed rows that were left out.
        package var invalid = 0
        /// Whether the rows have other numbers than in the dump, because the store has executions with theirs.
        package var isRenumbered = false
    }

    /// Imports the rows.
    ///
    /// - Throws: ``ImportError``, ``StoreError``.
    package func run() throws -> Outcome {
        try content.change { store in
            let tables = try store.tables()
            guard let executions = tables.first(where: { $0.name == "remotisan_executions" }),
                let entries = tables.first(where: { $0.name == "remotisan_audit" })
            else { throw StoreError.unusable(.missingTable, "it has no table remotisan_executions") }
            let table = executions.with(columns: ImportedExecution.columns)
            var outcome = Outcome()
            let last = try store.lastNumber(of: table)
            let smallest = try check(store, table, &outcome)
            outcome.isRenumbered = smallest.map { $0 <= last } ?? false
            var next = last
            try forEachMissing(in: store, table) { missing in
                var missing = missing
                for index in missing.indices {
                    if outcome.isRenumbered { missing[index].id = next + 1 }
                    next = max(next, missing[index].id)
                    if missing[index].isRunning {
                        if missing[index].server == actor.instance {
                            outcome.running += 1
                        } else {
                            missing[index].markLost(at: Clock.seconds())
                            outcome.lost += 1
                        }
                    }
                }
                try store.insert(missing.map(\.values), into: table)
                outcome.imported += missing.count
            }
            guard outcome.imported > 0 else { return outcome }
            try store.setLastNumber(next, of: table)
            try store.analyze()
            // Nobody else appends meanwhile.
            let entry = AuditEntry(
                .historyImported(executions: outcome.imported, lost: outcome.lost), by: actor,
                after: try audit.auditHead(of: actor.instance))
            try store.insert([entry.values(of: entries)], into: entries)
            return outcome
        }
    }

    /// Reads all rows before any is written.
    ///
    /// - Returns: The smallest number of the executions that the store lacks.
    private func check(
        _ store: any StoreTransaction, _ table: StoreTable, _ outcome: inout Outcome
    ) throws -> Int64? {
        var problems: [String] = []
        var total = 0
        try rows.forEach { row in
            total += 1
            do throws(ImportedExecution.Problem) { _ = try ImportedExecution(row) } catch {
                outcome.invalid += 1
                if problems.count < Self.shown { problems.append("\(row.place): \(error.text)") }
            }
        }
        guard skipsInvalid || problems.isEmpty else {
            throw ImportError.rows(file: file, problems: problems, count: outcome.invalid)
        }
        var smallest: Int64?
        var missing = 0
        try forEachMissing(in: store, table) { executions in
            missing += executions.count
            smallest = (executions.map(\.id) + [smallest].compactMap(\.self)).min()
        }
        outcome.present = total - outcome.invalid - missing
        return smallest
    }

    private func forEachMissing(
        in store: any StoreTransaction, _ table: StoreTable, _ body: ([ImportedExecution]) throws -> Void
    ) throws {
        var batch: [ImportedExecution] = []
        func flush() throws {
            let present = try store.present(batch.map(\.uuid), in: "job_uuid", of: table)
            var seen = present
            let missing = batch.filter { seen.insert($0.uuid).inserted }
            batch.removeAll(keepingCapacity: true)
            if !missing.isEmpty { try body(missing) }
        }
        try rows.forEach { row in
            guard let execution = try? ImportedExecution(row) else { return }
            batch.append(execution)
            if batch.count == Self.batch { try flush() }
        }
        try flush()
    }
}

extension AuditEntry {
    /// The values of the columns of the table of the audit.
    fileprivate func values(of table: StoreTable) -> [StoreValue] {
        func text(_ value: String?) -> StoreValue { value.map { .text($0) } ?? .null }
        let values: [String: StoreValue] = [
            "server_uuid": .text(instance), "number": .integer(number), "at": .integer(at), "event": .text(event),
            "subject": text(subject), "user_identifier": text(user), "means": .text(means), "address": text(address),
            "token_id": tokenID.map { .integer($0) } ?? .null, "details": .text(details), "previous": .text(previous),
            "hash": .text(hash),
        ]
        return table.columns.map { values[$0.name] ?? .null }
    }
}
