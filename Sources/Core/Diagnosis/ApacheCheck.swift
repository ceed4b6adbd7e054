/// Checks that Apache passes the identity of people, and tokens, to the responder.
package struct ApacheCheck: Sendable {
    /// The enabled files and their texts.
    package var files: [(path: String, text: String)]
    /// The CGI variables from which the responder reads the identity.
    package var identity: Configuration.Identity
    /// The socket of the responder.
    package var socket: String

    package init(files: [(path: String, text: String)], identity: Configuration.Identity, socket: String) {
        self.files = files
        self.identity = identity
        self.socket = socket
    }

    /// Whether Apache starts the responder itself, so that the responder needs no socket.
    package var startsResponder: Bool {
        let texts = files.map { Self.lines($0.text).joined(separator: "\n") }
        return texts.contains { $0.contains("remotisan-fcgi") } && !texts.contains { isProxied($0) }
    }

    /// The findings; empty if no file passes requests to the responder.
    package var findings: [Finding] {
        files.flatMap { path, text -> [Finding] in
            let lines = Self.lines(text)
            let text = lines.joined(separator: "\n")
            let isStarted = text.contains("remotisan-fcgi")
            guard isProxied(text) || isStarted else { return [] }
            return findings(in: lines, subject: "Apache, \(path)", isStarted: isStarted)
        }
    }

    /// The lines without comments.
    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { String($0).trimmingWhitespace }.filter { !$0.hasPrefix("#") }
    }

    private func isProxied(_ text: String) -> Bool {
        text.contains("unix:\(socket)|") || text.contains("fcgi://remotisan")
    }

    private func findings(in lines: [String], subject: String, isStarted: Bool) -> [Finding] {
        var findings: [Finding] = []
        let words = lines.map { $0.lowercased().split(separator: " ").map(String.init) }
        if !words.contains(["cgipassauth", "on"]) {
            findings.append(
                .warning(
                    subject, "CGIPassAuth is not on, so the responder gets no API tokens. Add CGIPassAuth On."))
        }
        if identity.user != "REMOTE_USER", !lines.contains(where: { $0.contains(identity.user) }) {
            findings.append(
                .problem(
                    subject,
                    "\(identity.user) is not set, so no request has a user. Set it as in the examples in apache/."))
        }
        if isStarted {
            findings.append(
                .warning(
                    subject,
                    "Apache starts the responder, so a restart of Apache ends running jobs. Use mod_proxy_fcgi and "
                        + "systemd/remotisan.service instead."))
        }
        return findings.isEmpty ? [.ok(subject, "passes requests and the identity.")] : findings
    }
}
