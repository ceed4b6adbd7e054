/// Checks that a restart of the responder's systemd unit does not end running jobs.
package struct UnitCheck: Sendable {
    /// Paths and texts: the unit first, then its drop-ins in order.
    package var files: [(path: String, text: String)]

    package init(files: [(path: String, text: String)]) {
        self.files = files
    }

    /// The findings; empty if no unit starts the responder.
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
                    "\(unit.path) has KillMode=\(mode), so a restart of the responder ends running jobs. Set "
                        + "KillMode=process.")
            ]
        }
        return [.ok("unit", "a restart of \(unit.path) does not end running jobs.")]
    }
}
