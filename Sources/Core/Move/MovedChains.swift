/// Checks the chains of the audit while its rows are read.
struct MovedChains {
    private let places: [String: Int]
    private let anchors: [AuditAnchor]
    private var instance: String?
    private var verification: AuditVerification
    private var misfit: AuditMisfit?
    private var done: [MoveStore.Outcome.Chain] = []

    /// Nil for another table than that of the audit.
    init?(_ table: StoreTable, anchors: [AuditAnchor]) {
        guard table.name == "remotisan_audit" else { return nil }
        self.anchors = anchors
        verification = AuditVerification(of: "")
        places = Dictionary(table.columns.enumerated().map { ($0.element.name, $0.offset) }) { first, _ in first }
    }

    /// Checks the next row. The rows of a chain come together and in order.
    mutating func add(_ row: [StoreValue]) {
        let entry = entry(row)
        if instance != entry.instance {
            end()
            instance = entry.instance
            verification = AuditVerification(of: entry.instance, anchors: anchors)
            misfit = nil
        }
        if misfit == nil { misfit = verification.check(entry) }
    }

    mutating func finish() -> [MoveStore.Outcome.Chain] {
        end()
        return done
    }

    private mutating func end() {
        guard let instance else { return }
        done.append(
            .init(instance: instance, entries: verification.count, misfit: misfit ?? verification.finish()))
        self.instance = nil
    }

    private func entry(_ row: [StoreValue]) -> AuditEntry {
        func value(_ name: String) -> StoreValue { places[name].map { row[$0] } ?? .null }
        return AuditEntry(
            instance: value("server_uuid").text ?? "", number: value("number").integer ?? -1,
            at: value("at").integer ?? -1, event: value("event").text ?? "", subject: value("subject").text,
            user: value("user_identifier").text, means: value("means").text ?? "", address: value("address").text,
            tokenID: value("token_id").integer, details: value("details").text ?? "",
            previous: value("previous").text ?? "", hash: value("hash").text ?? "")
    }
}
