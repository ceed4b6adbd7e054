/// Checks that a restart of the systemd unit that starts the responder does not end running jobs.
package struct UnitCheck: Sendable {
    /// Paths and texts: the unit first, then its drop-ins in order.
    package var files: [(path: String, text: String)]
    /// Whether commands run as other users, which needs a set-user-ID program.
    package var hasOtherUsers: Bool

    /// The web server whose unit it is, because it starts the responder; nil for the unit of the responder itself.
    package var webServer: String?

    package init(
        files: [(path: String, text: String)], webServer: String? = nil, hasOtherUsers: Bool = false
    ) {
        self.files = files
        self.webServer = webServer
        self.hasOtherUsers = hasOtherUsers
    }

    /// The last value of a setting.
    private func value(of key: String) -> String? {
        files.flatMap { $0.text.split(separator: "\n") }.compactMap { line -> String? in
            let parts = line.split(separator: "=", maxSplits: 1)
            return parts.count == 2 && String(parts[0]).trimmingWhitespace == key
                ? String(parts[1]).trimmingWhitespace : nil
        }.last
    }

    /// The findings; empty if no unit starts the responder.
    package var findings: [Finding] {
        guard let unit = files.first else { return [] }
        let mode = value(of: "KillMode") ?? "control-group"
        guard mode == "process" || mode == "none" else {
            let text =
                "\(unit.path) has KillMode=\(mode), so a restart of \(webServer ?? "the responder") ends running jobs."
            guard webServer != nil else { return [.problem("unit", "\(text) Set KillMode=process.")] }
            let name = unit.path.split(separator: "/").last ?? ""
            return [
                .warning(
                    "unit",
                    "\(text) Copy keep-jobs.conf of remotisan-broker export systemd to /etc/systemd/system/\(name).d/.")
            ]
        }
        if hasOtherUsers, ["yes", "true", "1", "on"].contains(value(of: "NoNewPrivileges")?.lowercased()) {
            return [
                .problem(
                    "unit",
                    "\(unit.path) has NoNewPrivileges=yes, so no command can run as another user (run_as). Remove it.")
            ]
        }
        return [.ok("unit", "a restart of \(unit.path) does not end running jobs.")]
    }
}
