/// What a changed configuration would change, and for whom.
package struct ConfigurationDifference {
    /// One change per line; empty if nothing changes.
    package let lines: [String]

    /// Compares the configuration in use with the one that would replace it.
    ///
    /// - Parameters:
    ///   - old: The configuration in use, with its commands.
    ///   - new: The other one, with its commands.
    package init(
        from old: (configuration: Configuration, catalogue: CatalogueSnapshot),
        to new: (configuration: Configuration, catalogue: CatalogueSnapshot)
    ) {
        lines =
            Self.settings(old.configuration, new.configuration)
            + Self.roles(old.configuration.roles, new.configuration.roles)
            + Self.commands(old.catalogue, new.catalogue)
            + Self.people(old, new)
    }

    // MARK: Settings

    private static func settings(_ old: Configuration, _ new: Configuration) -> [String] {
        let fixed = new.fixedKeys(differingFrom: old).map {
            "\($0): changes. Nothing of the file is used until the responder is restarted."
        }
        let atStart = new.keysForNextStart(differingFrom: old).map {
            "\($0): changes with the next start of the responder."
        }
        let pairs: [(String, Bool)] = [
            ("url", old.url == new.url), ("public_url", old.publicURL == new.publicURL),
            ("instance", old.instance == new.instance),
            ("logger.max_bytes", old.logger.maxBytes == new.logger.maxBytes),
            ("allow_process_kill", old.allowProcessKill == new.allowProcessKill), ("kill", old.kill == new.kill),
            ("history", old.history == new.history), ("identity", old.identity == new.identity),
            ("jwt", old.jwt == new.jwt), ("tokens", old.tokens == new.tokens),
            ("audit", old.audit == new.audit),
            ("metrics", old.metricsRoles == new.metricsRoles), ("consoles", old.consoles == new.consoles),
            (
                "commands.max_params_chars_length",
                old.commands.maxParamsCharsLength == new.commands.maxParamsCharsLength
            ),
            ("commands.isolation", old.commands.isolation == new.commands.isolation),
            ("allowed_socket_users", old.allowedSocketUsers == new.allowedSocketUsers),
            ("page_directory", old.pageDirectory == new.pageDirectory),
        ]
        return fixed + atStart + pairs.filter { !$0.1 }.map { "\($0.0): changes." }
    }

    // MARK: Roles

    private static func roles(_ old: [String: RoleRule], _ new: [String: RoleRule]) -> [String] {
        names(old, new).compactMap { name in
            guard let before = old[name] else { return "role \(name): added." }
            guard let after = new[name] else { return "role \(name): removed." }
            var changes = difference(of: "users", from: before.users, to: after.users)
            changes += difference(of: "groups", from: before.groups, to: after.groups)
            for claim in names(before.claims, after.claims) {
                changes += difference(
                    of: "claim \(claim)", from: before.claims[claim] ?? [], to: after.claims[claim] ?? [])
            }
            for variable in names(before.cgiVariables, after.cgiVariables) {
                let values = (before.cgiVariables[variable] ?? [], after.cgiVariables[variable] ?? [])
                changes += difference(of: "variable \(variable)", from: values.0, to: values.1)
            }
            return changes.isEmpty ? nil : "role \(name): \(changes.joined(separator: ", "))."
        }
    }

    private static func difference(of subject: String, from old: Set<String>, to new: Set<String>) -> [String] {
        let added = new.subtracting(old).sorted().map { "\(subject) +\($0.sanitized)" }
        return added + old.subtracting(new).sorted().map { "\(subject) -\($0.sanitized)" }
    }

    // MARK: Commands

    private static func commands(_ old: CatalogueSnapshot, _ new: CatalogueSnapshot) -> [String] {
        let before = Dictionary(old.all.map { ($0.name, $0) }) { first, _ in first }
        let after = Dictionary(new.all.map { ($0.name, $0) }) { first, _ in first }
        return names(before, after).compactMap { name in
            guard let old = before[name] else {
                return "command \(name): added, for \(after[name]?.roles.sorted().joined(separator: ", ") ?? "")."
            }
            guard let new = after[name] else { return "command \(name): removed." }
            let parts: [(String, Bool)] = [
                ("run", old.run == new.run), ("parameters", old.definition == new.definition),
                ("roles", old.roles == new.roles), ("directory", old.directory == new.directory),
                ("environment", old.environment == new.environment),
                ("timeout", old.options.timeout == new.options.timeout),
                ("max_running or queue", old.options.limit == new.options.limit),
                ("kill", old.options.kill == new.options.kill),
                ("kill roles", old.options.killRoles == new.options.killRoles),
                ("view roles", old.options.viewRoles == new.options.viewRoles),
                ("remaining_processes", old.options.remainingProcesses == new.options.remainingProcesses),
                ("how its process runs", old.options.process == new.options.process),
                ("encoding", old.options.encoding == new.options.encoding),
                ("isolation", old.options.isolation == new.options.isolation),
                ("confirm", old.options.confirm == new.options.confirm),
                ("texts", old.description == new.description && old.help == new.help && old.usage == new.usage),
            ]
            let changed = parts.filter { !$0.1 }.map(\.0)
            if changed.isEmpty { return old == new ? nil : "command \(name): changes." }
            return "command \(name): changes in \(changed.joined(separator: ", "))."
        }
    }

    // MARK: People

    private static func people(
        _ old: (configuration: Configuration, catalogue: CatalogueSnapshot),
        _ new: (configuration: Configuration, catalogue: CatalogueSnapshot)
    ) -> [String] {
        let subjects = Subject.all(of: old.configuration).union(Subject.all(of: new.configuration))
        let before = Permissions(old.configuration)
        let after = Permissions(new.configuration)
        return subjects.sorted { $0.description < $1.description }.compactMap { subject in
            let was = before.person(subject.credentials)
            let becomes = after.person(subject.credentials)
            let could = was.map { old.catalogue.names(for: $0, before) } ?? []
            let can = becomes.map { new.catalogue.names(for: $0, after) } ?? []
            var changes: [String] = []
            if was?.isSuperUser != becomes?.isSuperUser {
                changes.append(becomes?.isSuperUser == true ? "becomes a super user" : "is no longer a super user")
            }
            let gained = can.subtracting(could).sorted()
            let lost = could.subtracting(can).sorted()
            if !gained.isEmpty { changes.append("gains \(gained.joined(separator: ", "))") }
            if !lost.isEmpty { changes.append("loses \(lost.joined(separator: ", "))") }
            return changes.isEmpty ? nil : "\(subject): \(changes.joined(separator: "; "))."
        }
    }

    private static func names(_ first: [String: some Any], _ second: [String: some Any]) -> [String] {
        Set(first.keys).union(second.keys).sorted()
    }
}

/// A person as far as a configuration can name one: by one user name, group, claim or CGI variable.
private struct Subject: Hashable, CustomStringConvertible {
    let kind: String
    let name: String
    let value: String

    var description: String {
        switch kind {
        case "user" where value == "*": "everybody"
        case "user", "group": "\(kind) \(value.sanitized)"
        default: "\(kind) \(name.sanitized)=\(value.sanitized)"
        }
    }

    var credentials: Credentials {
        // A name that no configuration contains, because a line break is not allowed in names.
        var credentials = Credentials(user: kind == "user" && value != "*" ? value : "\n")
        switch kind {
        case "group": credentials.groups = [value]
        case "claim": credentials.claims = [name: [value]]
        case "variable": credentials.cgiVariables = [name: value]
        default: break
        }
        return credentials
    }

    static func all(of configuration: Configuration) -> Set<Subject> {
        var subjects = Set(configuration.superUsers.map { Subject(kind: "user", name: "", value: $0) })
        for rule in configuration.roles.values {
            subjects.formUnion(rule.users.map { Subject(kind: "user", name: "", value: $0) })
            subjects.formUnion(rule.groups.map { Subject(kind: "group", name: "", value: $0) })
            for (name, values) in rule.claims {
                subjects.formUnion(values.map { Subject(kind: "claim", name: name, value: $0) })
            }
            for (name, values) in rule.cgiVariables {
                subjects.formUnion(values.map { Subject(kind: "variable", name: name, value: $0) })
            }
        }
        return subjects
    }
}
