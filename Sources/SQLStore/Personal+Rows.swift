import Core

extension Preset {
    /// The columns of `remotisan_presets` that ``init(_:)`` reads, in its order.
    package static let columns = "id, user_identifier, shared, command, name, params, saved_at"

    /// Reads a row of ``columns``.
    package init(_ row: some ResultRow) {
        self.init(
            id: row.integer(0) ?? 0, user: row.text(1) ?? "", isShared: row.flag(2), command: row.text(3) ?? "",
            name: row.text(4) ?? "", params: row.text(5) ?? "", savedAt: row.integer(6) ?? 0)
    }
}
