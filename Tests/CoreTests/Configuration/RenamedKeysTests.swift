import TestSupport
import Testing

@testable import Core

/// Old names of keys that still work.
struct RenamedKeysTests {
    /// A key with its old name, and the sections that contain it.
    private struct Key: Sendable, CustomTestStringConvertible {
        let old: String
        let new: String
        let value: String
        /// YAML with `KEY` in the place of the key and its value.
        let yaml: String

        var testDescription: String { "\(old) and \(new)" }
    }

    private static let role = "roles: { A: { users: [a] } }\n"

    private static func command(_ keys: String) -> String {
        role + "commands: { allowed: { x: { roles: [A], run: [x], \(keys) } } }"
    }

    private static let keys = [
        Key(old: "base_url_prefix", new: "url", value: "tools", yaml: "{ KEY }"),
        Key(old: "views", new: "page_directory", value: "/srv/page", yaml: "{ KEY }"),
        Key(old: "peers", new: "allowed_socket_users", value: "[root, 4242]", yaml: "{ KEY }"),
        Key(old: "leave_behind", new: "remaining_processes", value: "kill", yaml: command("KEY")),
        Key(old: "max_running_over", new: "max_running_scope", value: "all", yaml: command("max_running: 1, KEY")),
        Key(
            old: "separate", new: "value_as_separate_argument", value: "true",
            yaml: command("parameters: [{ name: p, option: --p, KEY }]")),
        Key(
            old: "cache", new: "choices_ttl", value: "5m",
            yaml: command("parameters: [{ name: p, type: choice, choices_from: [ls], KEY }]")),
        Key(
            old: "keys", new: "key_file", value: "/etc/keys",
            yaml: "jwt: { KEY, algorithms: [RS256], issuer: i, audience: a }"),
        Key(
            old: "parameters", new: "cgi_variables", value: "{ SSL_CLIENT_VERIFY: [SUCCESS] }",
            yaml: "roles: { A: { KEY } }"),
        Key(old: "should-scope", new: "should_scope", value: "true", yaml: "history: { KEY }"),
    ]

    /// A configuration with all renamed keys.
    private static func yaml(_ name: (Key) -> String) -> String {
        let named = Dictionary(keys.map { ($0.old, "\(name($0)): \($0.value)") }) { first, _ in first }
        func entry(_ old: String) -> String { named[old] ?? "missing" }
        return """
            \(entry("base_url_prefix"))
            \(entry("views"))
            \(entry("peers"))
            jwt: { \(entry("keys")), algorithms: [RS256], issuer: i, audience: a }
            history: { \(entry("should-scope")) }
            roles: { A: { \(entry("parameters")) } }
            commands:
              allowed:
                x:
                  roles: [A]
                  run: [x]
                  max_running: 1
                  \(entry("max_running_over"))
                  \(entry("leave_behind"))
                  parameters:
                    - { name: o, option: --o, \(entry("separate")) }
                    - { name: c, type: choice, choices_from: [ls], \(entry("cache")) }
            """
    }

    @Test func `a configuration with all old keys equals the one with the new keys`() throws {
        let old = try Configuration.sample(Self.yaml(\.old))
        let new = try Configuration.sample(Self.yaml(\.new))
        #expect(old.path == new.path)
        #expect(old.url == new.url)
        #expect(old.publicURL == new.publicURL)
        #expect(old.storage == new.storage)
        #expect(old.instance == new.instance)
        #expect(old.logger == new.logger)
        #expect(type(of: old.database) == type(of: new.database))
        #expect(old.killList == nil && new.killList == nil)
        #expect(old.killListName == new.killListName)
        #expect(old.allowProcessKill == new.allowProcessKill)
        #expect(old.kill == new.kill)
        #expect(old.superUsers == new.superUsers)
        #expect(old.history == new.history)
        #expect(old.identity == new.identity)
        #expect(old.jwt == new.jwt)
        #expect(old.roles == new.roles)
        #expect(old.consoles == new.consoles)
        #expect(old.commands == new.commands)
        #expect(old.threads == new.threads)
        #expect(old.allowedSocketUsers == new.allowedSocketUsers)
        #expect(old.pageDirectory == new.pageDirectory)

        // The values have an effect, so the keys were read.
        #expect(old.url == "tools")
        #expect(old.history.shouldScope)
        #expect(old.jwt?.keyFile == "/etc/keys")
        #expect(old.roles["A"] == RoleRule(cgiVariables: ["SSL_CLIENT_VERIFY": ["SUCCESS"]]))
        #expect(old.allowedSocketUsers == [0, 4242])
        #expect(old.pageDirectory == "/srv/page")
        let command = try #require(old.commands.allowed["x"])
        #expect(command.options.remainingProcesses == .kill)
        #expect(command.options.limit == RunningLimit(1, over: .all, maxQueued: 0))
        #expect(command.definition.options.first?.valueIsSeparateArgument == true)
        #expect(command.definition.choicePrograms.map(\.ttl) == [300])
    }

    @Test(arguments: keys)
    private func `both names of a key at once are an error that contains both`(_ key: Key) throws {
        for name in [key.old, key.new] {
            #expect(throws: Never.self) {
                try Configuration.sample(key.yaml.replacing("KEY", with: "\(name): \(key.value)"))
            }
        }
        let both = "\(key.old): \(key.value), \(key.new): \(key.value)"
        let error = try #require(throws: ConfigurationError.self) {
            try Configuration.sample(key.yaml.replacing("KEY", with: both))
        }
        let problem = try #require(error.problems.first)
        #expect(error.problems.count == 1)
        #expect(problem.key.hasSuffix(key.old))
        #expect(problem.message == "is another name of \(key.new), which is also set. Remove one of them.")
    }

    @Test func `a problem of a key with its old name is reported with the old name`() throws {
        let error = try #require(throws: ConfigurationError.self) { try Configuration.sample("views: [a]") }
        #expect(error.problems.map(\.key) == ["views"])
    }
}
