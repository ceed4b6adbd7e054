import Foundation

/// Checks that Apache passes the identity of people, and tokens, to the responder.
package struct ApacheCheck: Sendable {
    /// The enabled files and their texts.
    package var files: [(path: String, text: String)]
    /// The CGI variables from which the responder reads the identity.
    package var identity: Configuration.Identity
    /// The socket of the responder.
    package var socket: String

    /// The groups that roles name; nil to compare nothing.
    package var groups: Set<String>?
    /// The text of a file that a directive names; nil if there is none.
    package var read: @Sendable (String) -> String?
    /// Whether Apache's user may read a file; nil if it is unknown.
    package var mayRead: @Sendable (String) -> Bool?

    package init(
        files: [(path: String, text: String)], identity: Configuration.Identity, socket: String,
        groups: Set<String>? = nil, read: @escaping @Sendable (String) -> String? = { _ in "" },
        mayRead: @escaping @Sendable (String) -> Bool? = { _ in nil }
    ) {
        self.groups = groups
        self.read = read
        self.mayRead = mayRead
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
            guard isProxied(text) || text.contains("remotisan-fcgi") else { return [] }
            return findings(in: lines, subject: "Apache, \(path)")
        }
    }

    /// The lines without comments.
    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { String($0).trimmingWhitespace }.filter { !$0.hasPrefix("#") }
    }

    private func isProxied(_ text: String) -> Bool {
        text.contains("unix:\(socket)|") || text.contains("fcgi://remotisan")
    }

    private func findings(in lines: [String], subject: String) -> [Finding] {
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
        findings += fileFindings(in: lines, subject: subject)
        return findings.isEmpty ? [.ok(subject, "passes requests and the identity.")] : findings
    }

    /// Findings about the files of passwords and groups. Apache reads them anew for each request.
    private func fileFindings(in lines: [String], subject: String) -> [Finding] {
        lines.flatMap { line -> [Finding] in
            let words = line.split(separator: " ").map { String($0).trimmingCharacters(in: ["\""]) }
            guard let name = words.first?.lowercased(), let last = words.last, words.count > 1 else { return [] }
            switch name {
            case "authuserfile":
                return problems(
                    of: last, "passwords", "so nobody can log in", "Run htpasswd -B -c \(last) NAME.", subject)
            case "authgroupfile":
                return problems(of: last, "groups", "so nobody is in a group", "Create it.", subject)
            // Other maps of this server have nothing to do with groups.
            case "rewritemap" where last.hasPrefix("txt:") && words.count > 2 && isOfGroups(words[1], lines):
                let file = String(last.dropFirst("txt:".count))
                let problems = problems(
                    of: file, "groups", "so nobody has a group", "Write lines such as `ann support,devops`.", subject)
                return problems + (problems.isEmpty ? groupFindings(in: file) : [])
            default: return []
            }
        }
    }

    /// Whether the variable of groups is looked up in a map.
    private func isOfGroups(_ map: String, _ lines: [String]) -> Bool {
        lines.contains { $0.contains(identity.groups) && $0.contains("${\(map):") }
    }

    private func problems(
        of file: String, _ content: String, _ effect: String, _ advice: String, _ subject: String
    ) -> [Finding] {
        if read(file) == nil {
            return [.problem(subject, "the file of \(content) \(file) is missing, \(effect). \(advice)")]
        }
        guard mayRead(file) == false else { return [] }
        return [
            .problem(
                subject,
                "Apache's user may not read the file of \(content) \(file), \(effect). Let its group be that of Apache's "
                    + "user, with mode 0640.")
        ]
    }

    private func groupFindings(in file: String) -> [Finding] {
        guard let groups, let text = read(file) else { return [] }
        let values = Self.lines(text).compactMap { line -> String? in
            let words = line.split(separator: " ", maxSplits: 1)
            return words.count == 2 ? String(words[1]) : nil
        }
        let given = Set(values.flatMap { identity.groups(in: $0) })
        return GroupCheck(groups: given, named: groups, source: file).findings
    }
}
