/// Whether Apache tells the responder who asks, and hands tokens on.
package struct ApacheCheck: Sendable {
    /// Texts of the enabled files by path.
    package var files: [(path: String, text: String)]
    /// Where the responder looks for who asks.
    package var identity: Configuration.Identity
    /// Where the responder listens.
    package var socket: String

    /// The facts.
    package init(files: [(path: String, text: String)], identity: Configuration.Identity, socket: String) {
        self.files = files
        self.identity = identity
        self.socket = socket
    }

    /// What is so; nothing where no file speaks of us.
    package var findings: [Finding] {
        files.flatMap { path, text -> [Finding] in
            let live = text.split(separator: "\n").map { String($0).trimmingWhitespace }.filter { !$0.hasPrefix("#") }
            let all = live.joined(separator: "\n")
            let isProxied = all.contains("unix:\(socket)|") || all.contains("fcgi://remotisan")
            let isStarted = all.contains("remotisan-fcgi")
            guard isProxied || isStarted else { return [] }
            return judge("Apache, \(path)", live, isStarted: isStarted)
        }
    }

    private func judge(_ subject: String, _ lines: [String], isStarted: Bool) -> [Finding] {
        var findings: [Finding] = []
        let words = lines.map { $0.lowercased().split(separator: " ").map(String.init) }
        if !words.contains(["cgipassauth", "on"]) {
            findings.append(
                .warning(subject, "CGIPassAuth is not on, so API tokens never arrive. Say CGIPassAuth On."))
        }
        if identity.user != "REMOTE_USER", !lines.contains(where: { $0.contains(identity.user) }) {
            findings.append(
                .problem(subject, "\(identity.user) is not set, so nobody is known. Set it as the files in apache/ do.")
            )
        }
        if isStarted {
            findings.append(
                .warning(
                    subject,
                    "Apache starts the responder itself: a restart of Apache ends running jobs. mod_proxy_fcgi and "
                        + "systemd/remotisan.service do not."))
        }
        return findings.isEmpty ? [.ok(subject, "passes requests, and says who asks.")] : findings
    }
}
