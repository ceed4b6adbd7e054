import Glibc

/// Functions that read the small sections of the configuration.
extension ConfigurationSection {
    func readURL(override: String?) -> String {
        let given = string("url")
        let url = (override ?? given ?? "remotisan").trimmingSlashes
        let allowed = url.isOfLettersAndDigits(and: "-_./")
        // Web servers remove the parts `.` and `..` before they choose a location.
        let hasDots = url.split(separator: "/").contains { $0 == "." || $0 == ".." }
        if url.isEmpty || !allowed || hasDots || url.contains("//") {
            let expected = "expected a path of letters, digits, '-', '_', '.' and '/', such as remotisan."
            if override == nil { problem(expected, at: "url") } else { problem(expected, inVariable: "REMOTISAN_URL") }
        }
        return url
    }

    func readPublicURL() -> String? {
        guard let url = string("public_url") else { return nil }
        if !url.hasPrefix("http://") && !url.hasPrefix("https://") {
            problem("expected an address that begins with http:// or https://.", at: "public_url")
        } else if PublicURL(url) == nil {
            problem(
                "expected a scheme, a host and a path, such as https://ops.example.com/remotisan.", at: "public_url")
        }
        return url.trimmingSlashes
    }

    func readStorage() -> String {
        absolutePath("storage") ?? ConfigurationSource.defaultStorage
    }

    func readInstance() -> Configuration.Instance {
        let given = string("name")
        if let given, given.isEmpty || given.utf8.count > 64 || given.sanitized != given {
            problem("expected a name of at most 64 bytes without control characters.", at: "name")
        }
        let address = string("address").flatMap { text -> InstanceAddress? in
            guard let address = InstanceAddress(text) else {
                problem("expected a host and a port, such as 10.0.0.1:80.", at: "address")
                return nil
            }
            return address
        }
        let goneAfter = duration("gone_after").map { $0 / 1000 } ?? RegisteredInstance.goneAfterByDefault
        if goneAfter < 4 {
            problem("expected at least 4s. If cron starts the broker, use at least 150s.", at: "gone_after")
        }
        finish()
        return .init(name: given ?? HostName.current, address: address, goneAfter: goneAfter)
    }

    /// An absolute path.
    func absolutePath(_ key: String) -> String? {
        let path = string(key)
        if let path, !path.hasPrefix("/") { problem("expected an absolute path.", at: key) }
        return path
    }

    func readLogger(override: String?) -> Configuration.Logger {
        let given = absolutePath("path")
        if let override, !override.hasPrefix("/") {
            problem("expected an absolute path.", inVariable: "REMOTISAN_LOG_PATH")
        }
        let path = override ?? given
        let maxBytes = size("max_bytes") ?? 1 << 30
        if maxBytes > 0, maxBytes < 1 << 20 { problem("expected at least 1MiB, or 0 for no limit.", at: "max_bytes") }
        finish()
        return .init(path: path, maxBytes: maxBytes == 0 ? nil : maxBytes)
    }

    func readHistory() -> Configuration.History {
        rename("should-scope", to: "should_scope")
        let maxRecords = integer("max_records", in: 0...Int(Int32.max)) ?? 0
        let history = Configuration.History(
            maxRecords: maxRecords == 0 ? nil : maxRecords, shouldScope: bool("should_scope") ?? false,
            keep: duration("keep").flatMap { $0 == 0 ? nil : $0 / 1000 })
        finish()
        return history
    }

    func readIdentity() -> Configuration.Identity {
        let user = string("user") ?? "REMOTISAN_USER"
        let groups = string("groups") ?? "REMOTISAN_GROUPS"
        let trusted = Set(strings("trusted_headers") ?? [])
        for (key, name) in [("user", user), ("groups", groups)] where name.hasPrefix("HTTP_") && !trusted.contains(name)
        {
            problem(
                """
                \(name) is a header that any client can send. If your web server always sets or removes it, add \
                trusted_headers: [\(name)].
                """, at: key)
        }
        let separator = string("groups_separator") ?? ","
        if separator.isEmpty || separator.utf8.count > 16 || IdentityText.problem(separator) != nil {
            problem(
                "expected 1 to 16 bytes without control characters, such as \",\" or \"|\".", at: "groups_separator")
        }
        let ignoreCase = bool("ignore_case") ?? false
        finish()
        return .init(
            user: user, groups: groups, groupsSeparator: separator.isEmpty ? "," : separator, ignoreCase: ignoreCase)
    }

    func readJWT() -> Configuration.JWT {
        rename("keys", to: "key_file")
        let supported = ["HS256", "RS256", "ES256", "EdDSA"]
        let algorithms = strings("algorithms") ?? []
        for name in algorithms where !supported.contains(name) {
            problem("\(name) is not supported. Use \(supported.joined(separator: ", ")).", at: "algorithms")
        }
        if algorithms.isEmpty {
            problem("is missing. Name the accepted algorithms, such as [RS256].", at: "algorithms")
        }
        let jwt = Configuration.JWT(
            keyFile: required("key_file", "the file with the keys"), algorithms: Set(algorithms),
            issuer: required("issuer", "the required value of iss"),
            audience: required("audience", "a value that aud must contain"),
            userClaim: string("user_claim") ?? "sub", groupsClaim: string("groups_claim") ?? "groups",
            leeway: readLeeway())
        finish()
        return jwt
    }

    private func readLeeway() -> Int64 {
        let leeway = duration("leeway").map { $0 / 1000 } ?? 60
        if leeway > 600 { problem("expected at most 10m. Set the clocks of both machines instead.", at: "leeway") }
        return leeway
    }

    func readTokens() -> Configuration.Tokens {
        let maxAge = duration("max_age").map { $0 / 1000 }
        if let maxAge, maxAge < 60 { problem("expected at least 1m. Remove it for no limit.", at: "max_age") }
        finish()
        return .init(maxAge: maxAge)
    }

    func readMetricsRoles(in defined: Set<String>) -> Set<String> {
        let roles = Set(strings("metrics") ?? [])
        requireRoles(roles, in: defined, at: "metrics")
        return roles
    }

    func readRoles() -> [String: RoleRule] {
        var roles: [String: RoleRule] = [:]
        for name in keys {
            let section = section(name)
            section.rename("parameters", to: "cgi_variables")
            let rule = RoleRule(
                users: Set(section.strings("users") ?? []), groups: Set(section.strings("groups") ?? []),
                claims: section.section("claims").readMatches(),
                cgiVariables: section.section("cgi_variables").readMatches())
            let isForTokens = section.bool("tokens_only") ?? false
            section.finish()
            for variable in rule.cgiVariables.keys where variable.hasPrefix("HTTP_") {
                problem(
                    "\(variable) is a header that any client can send. A role must not depend on it. Remove it.",
                    at: name)
            }
            if rule.isEmpty, !isForTokens {
                problem(
                    """
                    nobody can hold this role. Add users, groups, claims or cgi_variables. If only API tokens hold \
                    it, set tokens_only: true.
                    """, at: name)
            }
            if !rule.isEmpty, isForTokens {
                problem("tokens_only contradicts the other keys of this role. Remove it, or remove them.", at: name)
            }
            if name == "*" {
                problem("* stands for every role, so it cannot be the name of a role. Rename it.", at: name)
            }
            if rule.users.contains("") || rule.groups.contains("") {
                problem("an empty name matches nobody. Remove it.", at: name)
            }
            roles[name] = rule
        }
        return roles
    }

    private func readMatches() -> [String: Set<String>] {
        var matches: [String: Set<String>] = [:]
        for name in keys { matches[name] = Set(strings(name) ?? []) }
        return matches
    }

    func readAllowedSocketUsers() -> Set<UInt32> {
        guard let names = strings("allowed_socket_users") else {
            return Set([0, geteuid(), Account(named: "www-data")?.uid].compactMap { $0 })
        }
        var users: Set<UInt32> = []
        for name in names {
            if let uid = UInt32(name) ?? Account(named: name)?.uid {
                users.insert(uid)
            } else {
                problem(
                    "the user \(name) does not exist on this machine. Name a user or a uid.", at: "allowed_socket_users"
                )
            }
        }
        return users
    }

    private func required(_ key: String, _ meaning: String) -> String {
        if let text = string(key), !text.isEmpty { return text }
        problem("\(has(key) ? "must not be empty" : "is missing"). Set it to \(meaning).", at: key)
        return ""
    }
}
