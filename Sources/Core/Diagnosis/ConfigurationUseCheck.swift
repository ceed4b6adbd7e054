import Foundation

/// Checks that the programs use the configuration file as it stands.
package struct ConfigurationUseCheck: Sendable {
    /// The findings; empty if the file is used.
    package let findings: [Finding]

    /// Checks a valid file.
    package init(_ source: ConfigurationSource, _ configuration: Configuration) {
        let copy = AcceptedConfiguration.read(in: configuration.storage)
        let accepted = copy?.path == source.path ? copy : source.kept()?.accepted
        guard let accepted, let text = try? ConfigurationReader.text(of: source.path), text != accepted.text else {
            findings = []
            return
        }
        if let problem = accepted.problem(with: text) {
            findings = [.problem("configuration", "\(problem) \(Self.inUse(accepted))")]
        } else if Storage.isResponderRunning(in: source.kept()?.storage ?? configuration.storage) {
            findings = [
                .warning("configuration", "\(source.path) has changed, and the responder has not read it yet.")
            ]
        } else {
            findings = []
        }
    }

    /// Says what the programs use instead of an invalid file.
    package init(_ kept: ConfigurationSource.Kept) {
        findings = [.problem("configuration", Self.inUse(kept.accepted))]
    }

    private static func inUse(_ accepted: AcceptedConfiguration) -> String {
        let date = Date(timeIntervalSince1970: TimeInterval(accepted.acceptedAt)).formatted(.iso8601)
        return "The programs use the configuration of \(date) until the file is mended."
    }
}
