/// Whether nginx tells the responder who asks, and lets nobody else say it.
package struct NginxCheck {
    private let configuration: NginxConfiguration
    private let identity: Configuration.Identity
    private let socket: String

    /// A check of nginx's configuration.
    ///
    /// - Parameters:
    ///   - text: `nginx.conf`.
    ///   - identity: Where the responder looks for who asks.
    ///   - socket: Where the responder listens.
    ///   - include: Texts of the files that an `include` names.
    package init(
        _ text: String, identity: Configuration.Identity, socket: String, include: (String) -> [String]
    ) {
        configuration = NginxConfiguration(text, include: include)
        self.identity = identity
        self.socket = socket
    }

    /// User of its workers; nil where it is the distribution's.
    package var user: String? {
        configuration.directives.last { $0.name == "user" && $0.words.count > 1 }?.words[1]
    }

    /// What is so; nothing where no location passes requests to us.
    package var findings: [Finding] {
        var findings: [Finding] = []
        look(at: configuration.directives, Level(), in: "nginx", &findings)
        return findings
    }

    /// What a block has from those around it.
    private struct Level {
        var parameters: [[String]] = []
        var keepsConnections = false
        /// Whether a password or another server's word is asked for.
        var isGuarded = false
    }

    private func look(
        at directives: [NginxConfiguration.Directive], _ outer: Level, in place: String, _ findings: inout [Finding]
    ) {
        var level = outer
        let own = directives.filter { $0.name == "fastcgi_param" && $0.words.count >= 3 }
        // A block that sets one has none of those around it.
        if !own.isEmpty { level.parameters = own.map { Array($0.words.dropFirst()) } }
        for directive in directives where directive.words.count > 1 {
            switch directive.name {
            case "fastcgi_keep_conn": level.keepsConnections = directive.words[1] == "on"
            case "auth_basic", "auth_request": level.isGuarded = directive.words[1] != "off"
            default: break
            }
        }
        let passes = directives.contains { $0.name == "fastcgi_pass" && $0.words.count > 1 && isOurs($0.words[1]) }
        if passes { findings += judge(level, place) }
        for directive in directives where !directive.inner.isEmpty {
            look(at: directive.inner, level, in: directive.words.joined(separator: " "), &findings)
        }
    }

    private func isOurs(_ target: String) -> Bool {
        target.contains("remotisan") || target == "unix:" + socket || target == socket
    }

    private func judge(_ level: Level, _ place: String) -> [Finding] {
        let subject = "nginx, \(place)"
        var findings: [Finding] = []
        func value(_ name: String) -> String? { level.parameters.last { $0[0] == name }?[1] }
        for name in [identity.user, identity.groups] {
            guard let value = value(name) else {
                findings.append(
                    name == identity.user
                        ? .problem(subject, "\(name) is not set, so nobody is known. Set it with fastcgi_param.")
                        : .warning(subject, "\(name) is not set, so nobody is in a group. Set it with fastcgi_param."))
                continue
            }
            if value.hasPrefix("$http_") || value.hasPrefix("${http_") {
                findings.append(
                    .problem(
                        subject, "\(name) is \(value), a header of the client, who so chooses it. Take it from a check."
                    ))
            }
            if value == "$remote_user" || value == "${remote_user}", !level.isGuarded {
                findings.append(
                    .problem(
                        subject,
                        "\(name) is $remote_user without auth_basic: whoever asks chooses the name. Use auth_basic or "
                            + "auth_request as in nginx/, and identity.user REMOTISAN_USER."))
            }
        }
        if level.keepsConnections {
            findings.append(
                .warning(subject, "fastcgi_keep_conn is on: idle connections hold the responder's threads. Say off."))
        }
        return findings.isEmpty ? [.ok(subject, "passes requests, and says who asks.")] : findings
    }
}
