/// Whether the web server reaches the responder.
package struct SocketCheck: Sendable {
    /// What happened when we connected.
    package enum Connection: Sendable, Equatable {
        /// Somebody listens.
        case accepted
        /// The file is left over; nobody listens.
        case refused
        /// We may not: the sentence of the system.
        case failed(String)
    }

    /// Where it should be.
    package var path: String
    /// The file; nil where there is none.
    package var file: FileFacts?
    /// What happened when we connected; nil where there is nothing to connect to.
    package var connection: Connection?
    /// User of the web server; nil where it is not known here.
    package var webUser: Account?
    /// Whose processes the responder answers.
    package var peers: Set<UInt32>

    /// The facts.
    package init(
        path: String, file: FileFacts?, connection: Connection?, webUser: Account?, peers: Set<UInt32>
    ) {
        self.path = path
        self.file = file
        self.connection = connection
        self.webUser = webUser
        self.peers = peers
    }

    /// What is so.
    package var findings: [Finding] {
        let subject = "socket"
        guard let file else {
            return [
                .problem(
                    subject,
                    "\(path) is not there: the responder does not run, or listens elsewhere (say where with --socket). "
                        + "Run systemctl enable --now remotisan.socket.")
            ]
        }
        var findings: [Finding] = []
        switch connection {
        case .accepted: break
        case .refused, nil:
            return [.problem(subject, "nobody listens on \(path). Start the responder.")]
        case .failed(let why):
            findings.append(.warning(subject, "\(path) could not be tried: \(why). Run doctor as root."))
        }
        if file.mode & 0o002 != 0 {
            findings.append(
                .warning(
                    subject,
                    "everybody may connect to \(path) (\(file.shownMode)); only `peers` stands in between. Run chmod 0660."
                ))
        }
        if let webUser {
            if !peers.contains(webUser.uid) {
                findings.append(
                    .problem(
                        subject,
                        "`peers` does not name \(webUser.name), as whom the web server runs: its requests are refused.")
                )
            }
            let reaches =
                file.mode & 0o002 != 0 || (file.owner == webUser.uid && file.mode & 0o200 != 0)
                || (file.group == webUser.group && file.mode & 0o020 != 0)
            if !reaches {
                findings.append(
                    .warning(
                        subject,
                        "\(webUser.name), as whom the web server runs, may connect to \(path) (\(file.shownMode)) only if "
                            + "it is in the file's group."))
            }
        }
        return findings.isEmpty ? [.ok(subject, "the responder listens on \(path).")] : findings
    }
}
