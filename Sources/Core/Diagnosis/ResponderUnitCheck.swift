import Foundation
import Glibc

/// Says why systemd's unit of the responder does not run.
package struct ResponderUnitCheck: Sendable {
    /// The properties of the unit, as systemctl(1) shows them.
    package var properties: [String: String]
    /// The last lines of the unit in the journal, oldest first.
    package var lines: [String]

    package init(show: String, journal: String) {
        var properties: [String: String] = [:]
        for line in show.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { properties[String(parts[0])] = String(parts[1]) }
        }
        self.properties = properties
        lines = journal.split(separator: "\n").map(String.init)
    }

    /// Asks systemd; nil if this machine does not run it.
    ///
    /// - Parameters:
    ///   - directory: A directory for the file with the error messages.
    ///   - path: The PATH of systemctl(1) and journalctl(1).
    ///   - mark: A directory that exists if systemd runs, sd_booted(3).
    package init?(
        in directory: String, path: String = JobEnvironment.defaultPath, mark: String = "/run/systemd/system"
    ) {
        guard FileStatus(ofPath: mark) != nil else { return nil }
        func output(_ words: [String]) -> String {
            let errors = directory + "/remotisan-doctor.\(getpid()).errors"
            defer { unlink(errors) }
            return
                (try? ProgramOutput.run(
                    words, in: "/", environment: JobEnvironment.make(configured: ["PATH": path]), errors: errors,
                    seconds: 5,
                    limit: 65_536)) ?? ""
        }
        let unit = "remotisan.service"
        self.init(
            show: output([
                "systemctl", "show", unit, "--property=LoadState,ActiveState,SubState,Result,ExecMainStatus,NRestarts",
            ]),
            journal: output(["journalctl", "--unit=\(unit)", "--lines=20", "--output=cat", "--no-pager"]))
    }

    /// The findings; empty if the unit is not installed, runs, or waits for the first request.
    package var findings: [Finding] {
        guard properties["LoadState"] == "loaded", let state = properties["ActiveState"] else { return [] }
        let result = properties["Result"] ?? "success"
        let isFailing = state == "failed" || (state == "activating" && properties["SubState"] == "auto-restart")
        guard isFailing || (state == "inactive" && result != "success") else { return [] }
        let code = properties["ExecMainStatus"].flatMap { $0 == "0" ? nil : " with exit code \($0)" } ?? ""
        let restarts = properties["NRestarts"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        let again = restarts.map { " systemd has started it \($0) times again." } ?? ""
        // Messages of systemd about the unit say only that it failed.
        let own = lines.last { !$0.hasPrefix("remotisan.service:") && !$0.contains("remotisan.service -") }
        let reason = own.map { " Its last message: \($0.sanitized)" } ?? " Read journalctl --unit=remotisan.service."
        return [.problem("responder", "it does not run: it ended\(code) (\(result)).\(again)\(reason)")]
    }
}
