import Glibc

/// Checks that nginx passes the identity of people to the responder, and that clients cannot forge it.
package struct NginxCheck {
    let configuration: NginxConfiguration
    let identity: Configuration.Identity
    private let socket: String
    private let namesInConfiguration: Set<String>
    private let read: (String) -> [String]
    /// What the configuration says about the instance; nil to compare nothing.
    let instance: Instance?
    /// Whether nginx's workers have a right of access(2) to a path; nil if it is unknown.
    let mayUse: (Int32, String) -> Bool?

    /// The settings that nginx's configuration must agree with.
    package struct Instance {
        /// `url`, without slashes at its ends.
        let url: String
        /// The directory of the logs.
        let logs: String
        /// The groups that roles name.
        let groups: Set<String>

        package init(url: String, logs: String, groups: Set<String>) {
            self.url = url
            self.logs = logs
            self.groups = groups
        }
    }

    /// - Parameters:
    ///   - text: The text of `nginx.conf`.
    ///   - identity: The CGI variables from which the responder reads the identity.
    ///   - socket: The socket of the responder.
    ///   - names: The names of users in `roles` and `super_users`.
    ///   - instance: What else the configuration says; nil to compare nothing.
    ///   - mayUse: Whether nginx's workers have a right of access(2) to a path; nil if it is unknown.
    ///   - read: Returns the texts of the files that an `include` or `auth_basic_user_file` names.
    package init(
        _ text: String, identity: Configuration.Identity, socket: String, names: Set<String> = [],
        instance: Instance? = nil, mayUse: @escaping (Int32, String) -> Bool? = { _, _ in nil },
        read: @escaping (String) -> [String]
    ) {
        configuration = NginxConfiguration(text, include: read)
        self.identity = identity
        self.socket = socket
        namesInConfiguration = names
        self.instance = instance
        self.mayUse = mayUse
        self.read = read
    }

    /// The findings; empty if no location passes requests to the responder.
    package var findings: [Finding] {
        let findings = findings(in: configuration.directives, inheriting: Settings(), block: "nginx")
        return findings.isEmpty ? [] : findings + placeFindings
    }

    /// The settings of a block. A block inherits those of the blocks around it.
    private struct Settings {
        /// Names and values of `fastcgi_param`.
        var variables: [[String]] = []
        var keepsConnections = false
        /// Whether `auth_basic` or `auth_request` protects the block.
        var isProtected = false
        /// The file of `auth_basic_user_file`; nil if there is none.
        var passwordFile: String?
    }

    private func findings(
        in directives: [NginxConfiguration.Directive], inheriting outer: Settings, block: String
    ) -> [Finding] {
        var settings = outer
        let own = directives.filter { $0.name == "fastcgi_param" && $0.words.count >= 3 }
        // A block with its own fastcgi_param inherits none.
        if !own.isEmpty { settings.variables = own.map { Array($0.words.dropFirst()) } }
        for directive in directives where directive.words.count > 1 {
            switch directive.name {
            case "fastcgi_keep_conn": settings.keepsConnections = directive.words[1] == "on"
            case "auth_basic_user_file": settings.passwordFile = directive.words[1]
            case "auth_basic", "auth_request": settings.isProtected = directive.words[1] != "off"
            default: break
            }
        }
        let passes = passesToResponder(directives)
        let nested = directives.filter { !$0.inner.isEmpty }.flatMap {
            findings(in: $0.inner, inheriting: settings, block: $0.words.joined(separator: " "))
        }
        return (passes ? findings(of: settings, subject: "nginx, \(block)") : []) + nested
    }

    /// Whether a block itself passes requests to the responder, or to a program that starts it.
    func passesToResponder(_ directives: [NginxConfiguration.Directive]) -> Bool {
        passesToSocket(directives) || passesToStarter(directives)
    }

    private func passesToSocket(_ directives: [NginxConfiguration.Directive]) -> Bool {
        directives.contains { $0.name == "fastcgi_pass" && $0.words.count > 1 && isResponder($0.words[1]) }
    }

    /// fcgiwrap starts the program that SCRIPT_FILENAME names.
    private func passesToStarter(_ directives: [NginxConfiguration.Directive]) -> Bool {
        directives.contains {
            $0.name == "fastcgi_param" && $0.words.count > 2 && $0.words[1] == "SCRIPT_FILENAME"
                && $0.words[2].hasSuffix("/remotisan-fcgi")
        } && directives.contains { $0.name == "fastcgi_pass" }
    }

    /// Whether requests reach the responder by its socket.
    package var usesSocket: Bool { Self.contains(configuration.directives, passesToSocket) }

    /// Whether requests reach a program that starts the responder.
    package var startsResponder: Bool {
        Self.contains(configuration.directives) { passesToStarter($0) && !passesToSocket($0) }
    }

    /// Whether a condition holds for directives or for those of a block among them.
    private static func contains(
        _ directives: [NginxConfiguration.Directive], _ condition: ([NginxConfiguration.Directive]) -> Bool
    ) -> Bool {
        condition(directives) || directives.contains { contains($0.inner, condition) }
    }

    private func isResponder(_ target: String) -> Bool {
        target.contains("remotisan") || target == "unix:" + socket || target == socket
    }

    private func findings(of settings: Settings, subject: String) -> [Finding] {
        var findings: [Finding] = []
        func value(of name: String) -> String? { settings.variables.last { $0[0] == name }?[1] }
        for name in [identity.user, identity.groups] {
            guard let value = value(of: name) else {
                findings.append(
                    name == identity.user
                        ? .problem(
                            subject, "\(name) is not set, so no request has a user. Set it with fastcgi_param.")
                        : .warning(
                            subject, "\(name) is not set, so no request has groups. Set it with fastcgi_param."))
                continue
            }
            if value.hasPrefix("$http_") || value.hasPrefix("${http_") {
                findings.append(
                    .problem(
                        subject,
                        "\(name) is \(value), which the client chooses. Set it to a variable that nginx has checked."))
            }
            if value == "$remote_user" || value == "${remote_user}", !settings.isProtected {
                findings.append(
                    .problem(
                        subject,
                        "\(name) is $remote_user without auth_basic, so the client chooses the name. Use auth_basic or "
                            + "auth_request as in nginx/, and set identity.user to REMOTISAN_USER."))
            }
        }
        if settings.keepsConnections {
            findings.append(
                .warning(
                    subject,
                    "fastcgi_keep_conn is on, so idle connections occupy the responder's threads. Turn it off."))
        }
        findings += logFindings(value(of: "REMOTISAN_LOG_REDIRECT"), subject: subject)
        if let file = settings.passwordFile { findings += self.findings(ofPasswords: file, subject: subject) }
        return findings.isEmpty ? [.ok(subject, "passes requests and the identity.")] : findings
    }

    /// nginx compares the names of a password file exactly, but the keys of a `map` without regard to case (module
    /// ngx_http_map_module). So `Ann` gets the groups that a map gives to `ann`.
    private func findings(ofPasswords file: String, subject: String) -> [Finding] {
        let texts = read(file)
        // A name with variables cannot be looked up here.
        guard !texts.isEmpty || file.contains("$") else {
            return [
                .problem(
                    subject,
                    "the file of passwords \(file) is missing, so nobody can log in. Run htpasswd -B -c \(file) NAME."
                )
            ]
        }
        if mayUse(R_OK, file) == false {
            return [
                .problem(
                    subject,
                    "nginx's user may not read the file of passwords \(file), so nobody can log in. Let its group be that "
                        + "of nginx's user, with mode 0640.")
            ]
        }
        let lines = texts.flatMap { $0.split(whereSeparator: \.isNewline) }
        let users = lines.filter { !$0.hasPrefix("#") }.compactMap { line in
            line.firstIndex(of: ":").map { String(line[..<$0]) }
        }
        let sameButForCase = Dictionary(grouping: users) { $0.lowercased() }.values
            .map { Array(Set($0)).sorted() }.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
        let maps = sameButForCase.isEmpty ? [] : configuration.directives.flatMap(Self.mapsOfUsers)
        let shared =
            maps.isEmpty
            ? []
            : sameButForCase.map { names in
                Finding.warning(
                    subject,
                    """
                    \(names.joined(separator: " and ")) in \(file) are different people, but a map ignores case and \
                    gives them the same groups. Rename one of them.
                    """)
            }
        let neverMatching = namesInConfiguration.subtracting(users).sorted().compactMap { name -> Finding? in
            guard let user = users.first(where: { $0.lowercased() == name.lowercased() }) else { return nil }
            return .warning(
                subject,
                "the configuration names the user \(name), but \(file) has \(user). Names are compared exactly.")
        }
        return shared + neverMatching
    }

    /// The maps whose source is the name of the user, in a directive and those in its braces.
    private static func mapsOfUsers(_ directive: NginxConfiguration.Directive) -> [NginxConfiguration.Directive] {
        let isMap = directive.name == "map" && directive.words.dropFirst().first == "$remote_user"
        return (isMap ? [directive] : []) + directive.inner.flatMap(mapsOfUsers)
    }
}
