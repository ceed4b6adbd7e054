/// Whether a restart of the responder's unit ends running jobs.
package struct UnitCheck: Sendable {
    /// Texts by path: the unit's file first, then its drop-ins in their order.
    package var files: [(path: String, text: String)]

    /// The facts.
    package init(files: [(path: String, text: String)]) {
        self.files = files
    }

    /// What is so; nothing where no unit starts the responder.
    package var findings: [Finding] {
        guard let unit = files.first else { return [] }
        let settings = files.flatMap { $0.text.split(separator: "\n") }.compactMap { line -> Substring? in
            let parts = line.split(separator: "=", maxSplits: 1)
            return parts.count == 2 && String(parts[0]).trimmingWhitespace == "KillMode" ? parts[1] : nil
        }
        let mode = settings.last.map { String($0).trimmingWhitespace } ?? "control-group"
        guard mode == "process" || mode == "none" else {
            return [
                .problem(
                    "unit",
                    "\(unit.path) has KillMode=\(mode): a restart of the responder ends running jobs. Say KillMode=process."
                )
            ]
        }
        return [.ok("unit", "\(unit.path) leaves jobs alone at a restart.")]
    }
}
