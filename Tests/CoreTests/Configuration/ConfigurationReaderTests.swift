import Assembly
import Foundation
import Glibc
import SQLiteStore
import TestSupport
import Testing

@testable import Core

struct ConfigurationReaderTests {
    static let roles = "roles: { A: { users: [ann] } }\n"

    static func problems(_ yaml: String, environment: [String: String] = [:]) -> [String] {
        do {
            _ = try Configuration.sample(yaml, environment: environment)
            return []
        } catch let error as ConfigurationError {
            return error.problems.map(\.description)
        } catch {
            return ["another error: \(error)"]
        }
    }

    @Test func `by default an instance has the host name and no address`() throws {
        let instance = try Configuration.sample("").instance
        let hostName = try String(contentsOfFile: "/proc/sys/kernel/hostname", encoding: .utf8)
        #expect(instance.name == hostName.trimmingCharacters(in: .whitespacesAndNewlines))
        #expect(instance.address == nil)
        #expect(instance.goneAfter == 150)
    }

    @Test func `an empty file is a configuration without commands and roles`() throws {
        for yaml in ["", "---\n", "# nothing\n", "{}", "~"] {
            let configuration = try Configuration.sample(yaml)
            #expect(configuration.url == "remotisan")
            #expect(configuration.storage == "/var/lib/remotisan")
            #expect(configuration.logger.path == nil)
            #expect(configuration.logger.maxBytes == 1 << 30)
            #expect(configuration.database is SQLiteFile)
            #expect(configuration.allowProcessKill)
            #expect(configuration.kill == KillPlan())
            #expect(configuration.superUsers.isEmpty)
            #expect(configuration.history.maxRecords == nil)
            #expect(!configuration.history.shouldScope)
            #expect(configuration.history.keep == nil)
            #expect(configuration.identity.user == "REMOTISAN_USER")
            #expect(configuration.identity.groups == "REMOTISAN_GROUPS")
            #expect(configuration.jwt == nil)
            #expect(configuration.roles.isEmpty)
            #expect(configuration.commands.maxParamsCharsLength == 5000)
            #expect(configuration.commands.allowed.isEmpty)
            #expect(configuration.allowedSocketUsers.isSuperset(of: [0, geteuid()]))
        }
    }

    @Test func `a configuration may be JSON`() throws {
        let json = """
            {"url": "x", "kill": {"signals": ["TERM"], "grace": "2s"}, "roles": {"A": {"users": ["ann"]}},
             "history": {"max_records": 5, "should_scope": true, "keep": null},
             "commands": {"allowed": {"a:b": {"roles": ["A"], "run": ["/bin/echo", "\\u00e9\\n"], "max_running": 2}}}}
            """
        let configuration = try Configuration.sample(json)
        #expect(configuration.kill == KillPlan(signals: [.terminate], graceMilliseconds: 2000))
        #expect(configuration.history.maxRecords == 5)
        #expect(configuration.commands.allowed["a:b"]?.run == ["/bin/echo", "é\n"])
        #expect(configuration.commands.allowed["a:b"]?.options.limit == RunningLimit(2))
    }

    @Test(arguments: [
        ("categories: [{ icon: bell }]", "name is missing"),
        ("categories: [{ name: a }, { name: a }]", "another category"),
        ("categories: [{ name: a, icon: x }]", "expected one of bell"),
        ("categories: [{ name: a, colour: '#fff' }]", "expected one of blue"),
        ("categories: [{ name: '' }]", "printable text"),
        ("allowed: { a: { roles: [\"*\"], run: [x], title: \"a\\nb\" } }", "printable text"),
    ])
    func `mistakes in categories and titles are found`(_ yaml: String, _ problem: String) {
        let error = #expect(throws: ConfigurationError.self) { try Configuration.sample("commands: { \(yaml) }") }
        #expect(error.map { "\($0)".contains(problem) } == true)
    }

    @Test func `a category need not be in the list of categories`() throws {
        let yaml = "commands: { allowed: { a: { roles: [\"*\"], run: [x], category: Free } } }"
        let command = try Configuration.sample(yaml).commands.allowed["a"]
        #expect(command?.options.category == CommandCategory(name: "Free"))
    }

    @Test func `the largest durations and sizes do not overflow`() throws {
        for (key, value) in [("timeout", "9223372036854775807ms"), ("timeout", "9223372036854775s")] {
            let yaml = Self.roles + "commands: { allowed: { a: { roles: [A], run: [x], \(key): \(value) } } }"
            #expect(
                try Configuration.sample(yaml).commands.allowed["a"]?.options.timeout == 9_223_372_036_854_776
                    - (value.hasSuffix("ms") ? 0 : 1))
        }
        #expect(try Configuration.sample("logger: { max_bytes: 9223372036854775807 }").logger.maxBytes == .max)
    }

    @Test(arguments: ["true", "false", "yes"])
    func `confirm is true, false or a question`(_ value: String) throws {
        let yaml = Self.roles + "commands: { allowed: { a: { roles: [A], run: [x], confirm: \(value) } } }"
        let confirm = try Configuration.sample(yaml).commands.allowed["a"]?.options.confirm
        #expect(confirm == (value == "true" ? "" : value == "false" ? nil : "yes"))
    }

    @Test func `environment variables override url and log path, unless they are empty`() throws {
        let yaml = "url: file\nlogger: { path: /file }\n"
        let set = try Configuration.sample(yaml, environment: ["REMOTISAN_URL": "/env/", "REMOTISAN_LOG_PATH": "/env"])
        #expect(set.url == "env")
        #expect(set.logger.path == "/env")
        let empty = try Configuration.sample(yaml, environment: ["REMOTISAN_URL": "", "REMOTISAN_LOG_PATH": ""])
        #expect(empty.url == "file")
        #expect(empty.logger.path == "/file")
    }

    @Test func `a mistake in an environment variable is reported with its name`() {
        #expect(
            Self.problems("url: good\n", environment: ["REMOTISAN_URL": "a b"]).first?.hasPrefix("REMOTISAN_URL: ")
                == true)
        #expect(
            Self.problems("logger: { path: /good }\n", environment: ["REMOTISAN_LOG_PATH": "x"]).first?
                .hasPrefix("REMOTISAN_LOG_PATH: ") == true)
        let json = ["REMOTISAN_ALLOWED_COMMANDS": "{\"a\": {\"roles\": [\"A\"], \"rum\": []}}"]
        #expect(
            Self.problems(Self.roles, environment: json).allSatisfy { $0.hasPrefix("REMOTISAN_ALLOWED_COMMANDS:1: a") })
        #expect(Self.problems(Self.roles, environment: ["REMOTISAN_ALLOWED_COMMANDS": "{"]).count == 1)
    }

    @Test func `commands of REMOTISAN_ALLOWED_COMMANDS are added and override those of the file`() throws {
        let yaml =
            Self.roles
            + "commands: { directory: /srv, allowed: { a: { roles: [A], run: [x] }, b: { roles: [A], run: [x] } } }"
        let json = #"{"b": {"roles": ["*"], "run": ["y"]}, "c": {"roles": ["A"], "run": ["z"]}}"#
        let allowed = try Configuration.sample(yaml, environment: ["REMOTISAN_ALLOWED_COMMANDS": json]).commands.allowed
        #expect(allowed.mapValues(\.run) == ["a": ["x"], "b": ["y"], "c": ["z"]])
        #expect(allowed["b"]?.roles == ["*"])
        #expect(allowed["c"]?.directory == "/srv")
        #expect(
            try Configuration.sample(yaml, environment: ["REMOTISAN_ALLOWED_COMMANDS": ""]).commands.allowed.count == 2)
    }

    @Test func `a console has the environment of its commands`() throws {
        let configuration = try Configuration.sample(
            """
            consoles: [{ kind: artisan, directory: /app, environment: { APP_ENV: testing } }]
            commands: { environment: { APP_ENV: production, PHP_INI_SCAN_DIR: /etc/php } }
            """)
        #expect(configuration.consoles.first?.environment == ["APP_ENV": "testing", "PHP_INI_SCAN_DIR": "/etc/php"])
    }

    @Test func `a file is found by its path, by REMOTISAN_CONFIG, and by a link`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/real.yaml"
        try Data("url: found\n".utf8).write(to: URL(fileURLWithPath: path))
        let link = directory.path + "/link.yaml"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        #expect(try ConfigurationReader(environment: [:]).read(path).url == "found")
        let byEnvironment = try ConfigurationReader(environment: ["REMOTISAN_CONFIG": link]).read(nil)
        #expect(byEnvironment.url == "found")
        #expect(byEnvironment.path == link)
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationReader(environment: [:]).read(directory.path + "/none.yaml")
        }
        #expect(error?.description.contains("cannot be read: No such file or directory.") == true)
        #expect(throws: ConfigurationError.self) { try ConfigurationReader(environment: [:]).read(directory.path) }
    }

    @Test func `a byte order mark is ignored`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/x.yaml"
        try Data([0xEF, 0xBB, 0xBF] + Array("url: found\n".utf8)).write(to: URL(fileURLWithPath: path))
        #expect(try ConfigurationReader(environment: [:]).read(path).url == "found")
    }
}
