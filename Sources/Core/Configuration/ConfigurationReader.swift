import Glibc
import Yams

/// Reads a configuration from its file and the environment.
package struct ConfigurationReader {
    /// The path of the configuration if neither an option nor REMOTISAN_CONFIG sets it.
    package static let defaultPath = "/etc/remotisan/remotisan.yaml"

    /// Environment variables that override settings. The `settle` of a job gets them, too.
    package static let environmentVariables = [
        "REMOTISAN_URL", "REMOTISAN_LOG_PATH", "REMOTISAN_ALLOWED_COMMANDS",
    ]

    let environment: [String: String]
    private let backends: Backends

    /// - Parameters:
    ///   - environment: Environment variables. An empty one counts as unset.
    ///   - backends: The kinds of stores and kill lists that the configuration may choose.
    package init(environment: [String: String], backends: Backends) {
        self.backends = backends
        self.environment = environment.filter { !$0.value.isEmpty }
    }

    /// Reads a configuration file.
    ///
    /// - Parameter named: Its path; nil for the path in REMOTISAN_CONFIG, or else ``defaultPath``.
    /// - Throws: ``ConfigurationError`` with all problems.
    package func read(_ named: String?) throws -> Configuration {
        let path = path(named)
        return try read(yaml: try Self.text(of: path), path: path)
    }

    /// The absolute path of a configuration: a given one, the one in REMOTISAN_CONFIG, or ``defaultPath``.
    ///
    /// Absolute, because the broker that gets this path has another working directory.
    package func path(_ named: String?) -> String {
        let chosen = named ?? environment["REMOTISAN_CONFIG"] ?? Self.defaultPath
        // A wrong path fails when the file is read.
        return chosen.hasPrefix("/") ? chosen : (try? RealPath.resolve(chosen)) ?? chosen
    }

    /// The text of a configuration file.
    package static func text(of path: String) throws(ConfigurationError) -> String {
        guard let bytes = contents(path) else {
            throw ConfigurationError(problems: [
                .init(
                    source: path, line: nil, key: "",
                    message: "cannot be read: \(SystemError.text(of: errno)). Name the configuration with --config.")
            ])
        }
        return try text(bytes, of: path)
    }

    /// The text in the bytes of a file. They must be UTF-8, because replaced bytes could make two names equal.
    static func text(_ bytes: [UInt8], of path: String) throws(ConfigurationError) -> String {
        // A byte order mark, which some editors write, is no part of the text (YAML 1.2, section 5.2).
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let line = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }
        throw ConfigurationError(problems: [
            .init(source: path, line: line.map { $0 + 1 }, key: "", message: "is not UTF-8. Save the file as UTF-8.")
        ])
    }

    /// Reads the text of a configuration, in YAML or JSON.
    ///
    /// - Throws: ``ConfigurationError`` with all problems.
    package func read(yaml: String, path: String) throws -> Configuration {
        var problems: [ConfigurationError.Problem] = []
        let root = section(yaml, source: path) { problems.append($0) }
        var allowedByEnvironment: ConfigurationSection?
        if let json = environment["REMOTISAN_ALLOWED_COMMANDS"] {
            if json.unicodeScalars.contains("\u{FFFD}") {
                problems.append(
                    .init(
                        source: "REMOTISAN_ALLOWED_COMMANDS", line: nil, key: "",
                        message: "is not UTF-8, or has U+FFFD. Write it in UTF-8."))
            }
            allowedByEnvironment = section(json, source: "REMOTISAN_ALLOWED_COMMANDS") { problems.append($0) }
        }
        let configuration = make(root, allowedByEnvironment, path: path)
        guard problems.isEmpty else {
            throw ConfigurationError(problems: problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) })
        }
        return configuration
    }

    /// Reads the whole file. It may be a symbolic link.
    private static func contents(_ path: String) -> [UInt8]? {
        // Not blocking, because a FIFO in its place would stop the thread that looks at the file for ever.
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else { return nil }
        guard let file = fdopen(number, "r") else {
            close(number)
            return nil
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            bytes += buffer.prefix(count)
        }
        return ferror(file) == 0 ? bytes : nil
    }

    private func section(
        _ yaml: String, source: String, report: @escaping (ConfigurationError.Problem) -> Void
    ) -> ConfigurationSection {
        do {
            if let line = YAMLFault.lineOfByteOrderMark(in: yaml) {
                report(
                    .init(
                        source: source, line: line, key: "",
                        message:
                            "this line begins with a byte order mark (U+FEFF), which is invisible. Write the line anew."
                    ))
                return ConfigurationSection(nil, path: "", source: source, report: { _ in })
            }
            // JSON is YAML, except for surrogate pairs in escapes.
            let isJSON = yaml.drop(while: \.isWhitespace).first == "{"
            let text = isJSON ? JSONEscapes.withoutSurrogates(yaml) : yaml
            return ConfigurationSection(try Node.parsed(text), path: "", source: source, report: report)
        } catch let error as YamlError {
            let fault = YAMLFault(error, in: yaml)
            report(.init(source: source, line: fault.line, key: "", message: "is not YAML: \(fault.sentence)"))
        } catch {
            report(.init(source: source, line: nil, key: "", message: "is not YAML: \(error)."))
        }
        return ConfigurationSection(nil, path: "", source: source, report: { _ in })
    }

    private func make(
        _ root: ConfigurationSection, _ allowedByEnvironment: ConfigurationSection?, path: String
    ) -> Configuration {
        root.rename("base_url_prefix", to: "url")
        root.rename("peers", to: "allowed_socket_users")
        root.rename("views", to: "page_directory")
        let kill = KillSettings(root.section("kill"), default: KillPlan()).plan
        let roles = root.section("roles").readRoles()
        let consoles = root.readConsoles()
        let commands = CommandSettings(roles: Set(roles.keys), kill: kill, hasConsoles: !consoles.isEmpty)
            .read(root.section("commands"), and: allowedByEnvironment)
        let configuration = Configuration(
            path: path,
            url: root.readURL(override: environment["REMOTISAN_URL"]),
            publicURL: root.readPublicURL(),
            storage: root.readStorage(),
            instance: root.section("instance").readInstance(),
            logger: root.section("logger").readLogger(override: environment["REMOTISAN_LOG_PATH"]),
            database: root.readDatabase(backends),
            killList: root.readKillList(backends),
            killListName: root.readKillListName(),
            allowProcessKill: root.bool("allow_process_kill") ?? true,
            kill: kill,
            superUsers: Set(root.strings("super_users") ?? []),
            history: root.section("history").readHistory(),
            identity: root.section("identity").readIdentity(),
            jwt: root.has("jwt") ? root.section("jwt").readJWT() : nil,
            tokens: root.section("tokens").readTokens(),
            audit: root.section("audit").readAudit(),
            metricsRoles: root.readMetricsRoles(in: Set(roles.keys)),
            roles: roles,
            // A console lists its commands in the same environment as it runs them.
            consoles: consoles.map { $0.adding(commands.environment) },
            commands: commands,
            threads: root.integer("threads", in: 1...256) ?? 8,
            allowedSocketUsers: root.readAllowedSocketUsers(),
            pageDirectory: root.string("page_directory"))
        root.finish()
        return configuration
    }
}
