import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

struct ConfigurationReaderTests {
    private static let roles = "roles: { A: { users: [ann] } }\n"

    private static func problems(_ yaml: String, environment: [String: String] = [:]) -> [String] {
        do {
            _ = try Configuration.sample(yaml, environment: environment)
            return []
        } catch let error as ConfigurationError {
            return error.problems.map(\.description)
        } catch {
            return ["another error: \(error)"]
        }
    }

    @Test func `an instance is called as its machine is, and has no address`() throws {
        let instance = try Configuration.sample("").instance
        let kernel = try String(contentsOfFile: "/proc/sys/kernel/hostname", encoding: .utf8)
        #expect(instance.name == kernel.trimmingCharacters(in: .whitespacesAndNewlines))
        #expect(instance.address == nil)
    }

    @Test func `an empty file is a configuration that allows nobody anything`() throws {
        for yaml in ["", "---\n", "# nothing\n", "{}", "~"] {
            let configuration = try Configuration.sample(yaml)
            #expect(configuration.url == "remotisan")
            #expect(configuration.storage == "/var/lib/remotisan")
            #expect(configuration.logger.path == nil)
            #expect(configuration.logger.maxBytes == 1 << 30)
            #expect(configuration.database == .sqlite)
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
            #expect(configuration.peers.isSuperset(of: [0, geteuid()]))
        }
    }

    static let everything = """
        url: /tools/ops/
        public_url: https://ops.example.com/tools/ops/
        storage: /srv/remotisan
        instance: { name: ops-1, address: "10.0.0.1:80" }
        logger: { path: /srv/logs, max_bytes: 64MiB }
        database: sqlite
        kill_list: database
        kill_switch_key_prefix: "remotisan:killing"
        environment: production
        allow_process_kill: false
        kill: { signals: [SIGTERM, int], grace: 250ms }
        super_users: [carol@example.com]
        history: { max_records: 500, should_scope: true, keep: 180d }
        identity: { user: SSL_CLIENT_S_DN_CN, groups: HTTP_X_GROUPS, trusted_headers: [HTTP_X_GROUPS] }
        jwt: { keys: /etc/keys, algorithms: [RS256, EdDSA], issuer: i, audience: a, user_claim: email, groups_claim: roles }
        threads: 16
        peers: [root, 4242]
        views: /srv/views
        roles:
          TECH_SUPPORT: { groups: [support] }
          DEV_OPS: { users: [carol@example.com], claims: { dept: [ops, dev] }, parameters: { SSL_CLIENT_VERIFY: SUCCESS } }
        commands:
          max_params_chars_length: 100
          directory: /var/www/app
          environment: { APP_ENV: production, SHARED: a }
          allowed:
            "cache:clear": { roles: [TECH_SUPPORT, DEV_OPS], run: [php, artisan, "cache:clear"] }
            "disk-usage":
              roles: ["*"]
              run: [df, -h]
              directory: /
              environment: { SHARED: b }
              description: Free space on every file system
              help: Long text
              timeout: 90500ms
              max_running: 1
              max_running_over: all
              when_full: queue
              max_queued: 7
              kill: { signals: [HUP], grace: 1s }
              leave_behind: kill
              confirm: Really?

        """

    private static func expectEverything(_ configuration: Configuration) throws {
        #expect(configuration.url == "tools/ops")
        #expect(configuration.publicURL == "https://ops.example.com/tools/ops")
        #expect(configuration.storage == "/srv/remotisan")
        #expect(configuration.instance.name == "ops-1")
        #expect(configuration.instance.address == InstanceAddress("10.0.0.1:80"))
        #expect(configuration.logger.path == "/srv/logs")
        #expect(configuration.logger.maxBytes == 64 << 20)
        #expect(!configuration.allowProcessKill)
        #expect(configuration.kill == KillPlan(signals: [.terminate, .interrupt], graceMilliseconds: 250))
        #expect(configuration.superUsers == ["carol@example.com"])
        #expect(configuration.history.maxRecords == 500)
        #expect(configuration.history.shouldScope)
        #expect(configuration.history.keep == 15_552_000)
        #expect(configuration.identity.user == "SSL_CLIENT_S_DN_CN")
        #expect(configuration.identity.groups == "HTTP_X_GROUPS")
        let jwt = try #require(configuration.jwt)
        #expect(jwt.keys == "/etc/keys")
        #expect(jwt.algorithms == ["RS256", "EdDSA"])
        #expect(jwt.issuer == "i")
        #expect(jwt.audience == "a")
        #expect(jwt.userClaim == "email")
        #expect(jwt.groupsClaim == "roles")
        #expect(configuration.threads == 16)
        #expect(configuration.peers == [0, 4242])
        #expect(configuration.views == "/srv/views")
        #expect(configuration.roles["TECH_SUPPORT"] == RoleRule(groups: ["support"]))
        #expect(
            configuration.roles["DEV_OPS"]
                == RoleRule(
                    users: ["carol@example.com"], claims: ["dept": ["ops", "dev"]],
                    parameters: ["SSL_CLIENT_VERIFY": ["SUCCESS"]]))
        #expect(configuration.commands.maxParamsCharsLength == 100)
        #expect(
            configuration.commands.allowed == [
                "cache:clear": Command(
                    name: "cache:clear", roles: ["TECH_SUPPORT", "DEV_OPS"], run: ["php", "artisan", "cache:clear"],
                    directory: "/var/www/app", environment: ["APP_ENV": "production", "SHARED": "a"],
                    kill: configuration.kill),
                "disk-usage": Command(
                    name: "disk-usage", roles: ["*"], run: ["df", "-h"], description: "Free space on every file system",
                    help: "Long text", directory: "/", environment: ["APP_ENV": "production", "SHARED": "b"],
                    timeout: 91, limit: RunningLimit(1, over: .all, maxQueued: 7),
                    kill: KillPlan(signals: [.hangup], graceMilliseconds: 1000),
                    leaveBehind: .kill, confirm: "Really?"),
            ])
    }

    @Test func `every key has its place`() throws {
        try Self.expectEverything(try .sample(Self.everything))
    }

    @Test func `JSON is YAML`() throws {
        let json = """
            {"url": "x", "kill": {"signals": ["TERM"], "grace": "2s"}, "roles": {"A": {"users": ["ann"]}},
             "history": {"max_records": 5, "should_scope": true, "keep": null},
             "commands": {"allowed": {"a:b": {"roles": ["A"], "run": ["/bin/echo", "\\u00e9\\n"], "max_running": 2}}}}
            """
        let configuration = try Configuration.sample(json)
        #expect(configuration.kill == KillPlan(signals: [.terminate], graceMilliseconds: 2000))
        #expect(configuration.history.maxRecords == 5)
        #expect(configuration.commands.allowed["a:b"]?.run == ["/bin/echo", "é\n"])
        #expect(configuration.commands.allowed["a:b"]?.limit == RunningLimit(2))
    }

    /// What is wrong, and all that is said of it.
    static let wrong: [(String, String)] = [
        ("\nurI: x\n", ":2: urI: this key is not known. Did you mean url?"),
        ("kill: { signal: [TERM] }", ":1: kill.signal: this key is not known. Did you mean signals?"),
        ("completely_different: 1", ":1: completely_different: this key is not known. Known here: "),
        ("url: x\nurl: y\n", "the key url stands twice."),
        ("{\"url\": \"x\", \"url\": \"y\"}", "the key url stands twice."),
        (
            "commands:\n  allowed:\n    a: { run: [x], roles: [\"*\"] }\n    a: { run: [y], roles: [\"*\"] }\n",
            "the key a stands twice."
        ),
        ("url: [", "is not YAML: "),
        ("\tx: 1", "is not YAML: "),
        ("[a, b]", ":1: expected keys and values, found a list."),
        ("text", ":1: expected keys and values, found \"text\"."),
        ("logger: 7", ":1: logger: expected keys and values, found \"7\"."),
        ("url: [a]", ":1: url: expected text, found a list."),
        ("url: \"\"", ":1: url: expected a path of letters"),
        ("url: ../x", ":1: url: expected a path"),
        ("url: a//b", ":1: url: expected a path"),
        ("url: a b", ":1: url: expected a path"),
        ("public_url: ops.example.com", ":1: public_url: expected an address that begins with http:// or https://."),
        ("storage: relative", ":1: storage: expected an absolute path."),
        ("logger:\n  path: x", ":2: logger.path: expected an absolute path."),
        ("logger: { max_bytes: 10KiB }", ":1: logger.max_bytes: expected at least 1MiB, or 0 for no limit."),
        ("logger: { max_bytes: much }", ":1: logger.max_bytes: expected a size such as 64KiB or 1GiB, found \"much\"."),
        ("database: mysql", ":1: database: expected sqlite, postgresql://"),
        ("kill_list: carrier-pigeon", ":1: kill_list: expected database, redis://"),
        ("allow_process_kill: maybe", ":1: allow_process_kill: expected true or false, found \"maybe\"."),
        ("kill: { signals: [STOP] }", ":1: kill.signals: STOP is no signal to kill with; choose of ABRT,"),
        (
            """
            commands:
              allowed:
                a:
                  { run: [x], roles: ["*"], max_running: 1, when_full: queue,
                    parameters: [{ name: p, type: secret, pass: stdin }] }
            """, ":4: commands.allowed.a.when_full: what waits is its line and nothing else"
        ),
        ("kill: { grace: 2h }", ":1: kill.grace: expected an hour at the most."),
        ("kill: { grace: soon }", ":1: kill.grace: expected a duration such as 90s, 10m, 1h or 180d, found \"soon\"."),
        ("super_users: { a: b }", ":1: super_users: expected a list of texts, found keys and values."),
        ("super_users: [a, [b]]", ":1: super_users: expected a list of texts, found a list."),
        ("super_users: [a, ~]", ":1: super_users: expected a list of texts"),
        (
            "history: { max_records: -1 }",
            ":1: history.max_records: expected a whole number from 0 to 2147483647, found \"-1\"."
        ),
        ("history: { max_records: 99999999999999999999 }", ":1: history.max_records: expected a whole number"),
        ("history: { should_scope: 1 }", ":1: history.should_scope: expected true or false"),
        ("history: { keep: 1 year }", ":1: history.keep: expected a duration"),
        ("identity: { user: HTTP_X_USER }", ":1: identity.user: HTTP_X_USER is a header that any client can send."),
        ("identity: { groups: HTTP_X_G, trusted_headers: [HTTP_X_U] }", ":1: identity.groups: HTTP_X_G is a header"),
        (
            "jwt: { algorithms: [RS256], issuer: i, audience: a }",
            ":1: jwt.keys: is missing: the file that holds the keys."
        ),
        ("jwt: { keys: /k, issuer: i, audience: a, algorithms: [none] }", ":1: jwt.algorithms: none is not supported"),
        (
            "jwt: { keys: /k, issuer: i, audience: a }",
            ":1: jwt.algorithms: name the accepted algorithms, such as [RS256]."
        ),
        (
            "jwt: { keys: /k, issuer: i, audience: \"\", algorithms: [RS256] }",
            ":1: jwt.audience: must not be empty: what aud must hold."
        ),
        ("roles:\n  A: {}\n", ":2: roles.A: nobody can hold this role: name users, groups, claims or parameters."),
        ("roles:\n  A: { claims: { x: [] } }\n", ":2: roles.A: nobody can hold this role"),
        ("roles: { A: { users: [\"\"] } }", ":1: roles.A: an empty name matches nobody; remove it."),
        ("roles: { \"*\": { users: [a] } }", ":1: roles.*: * means every role and cannot be one."),
        ("roles: { A: { groups: [b], user: [a] } }", ":1: roles.A.user: this key is not known. Did you mean users?"),
        ("threads: 0", ":1: threads: expected a whole number from 1 to 256, found \"0\"."),
        ("peers: [no-such-user-here]", ":1: peers: there is no user no-such-user-here on this machine."),
        (
            roles + "commands: { allowed: { a: { roles: [B], run: [x] } } }",
            ":2: commands.allowed.a.roles: nobody can hold the role B"
        ),
        (roles + "commands: { allowed: { a: { run: [x] } } }", ":2: commands.allowed.a: nobody may run it"),
        (roles + "commands: { allowed: { a: { roles: [A] } } }", ":2: commands.allowed.a: run is missing"),
        (roles + "commands: { allowed: { a: { roles: [A], run: [\"\"] } } }", ":2: commands.allowed.a: run is missing"),
        (
            roles + "commands: { allowed: { \"a\\nb\": { roles: [A], run: [x] } } }",
            ": a command's name is 1 to 255 bytes of printable text."
        ),
        (roles + "commands: { allowed: { \"\": { roles: [A], run: [x] } } }", ": a command's name is 1 to 255 bytes"),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], timeout: 0 } } }",
            "a.timeout: expected more than nothing"
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], directory: y } } }",
            "a.directory: expected an absolute path."
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], max_running: 0 } } }",
            "a.max_running: expected a whole number from 1"
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], max_running: 1, when_full: wait } } }",
            "a.when_full: expected one of queue, refuse, found \"wait\"."
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], when_full: queue } } }",
            "a.when_full: it says nothing without max_running."
        ),
        (
            roles + "commands:\n  allowed:\n    a:\n      roles: [A]\n      run: [x]\n      max_running_over: all\n",
            ":7: commands.allowed.a.max_running_over: it says nothing without max_running."
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], max_running: 1, max_queued: 5 } } }",
            "a.max_queued: nobody waits without when_full: queue."
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], leave_behind: maybe } } }",
            "expected one of keep, kill, found"
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], environment: { \"A=B\": c } } } }",
            "is no name of a variable."
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], environment: { REMOTISAN_JOB_UUID: c } } } }",
            "is set by us for every job."
        ),
        ("commands: { directory: relative }", ":1: commands.directory: expected an absolute path."),
        (
            "commands: { max_params_chars_length: x }",
            ":1: commands.max_params_chars_length: expected a whole number from 0"
        ),
        ("instance: { address: \"http://a:80\" }", ":1: instance.address: expected a host and a port"),
        ("instance: { name: \"\" }", ":1: instance.name: expected a name of at most 64 bytes"),
        ("instance: { name: \"a\\e[1m\" }", ":1: instance.name: expected a name of at most 64 bytes"),
        ("? [a, b]\n: c\n", "every key must be plain text."),
    ]

    @Test(arguments: wrong)
    func `what is wrong is said with its line and what was expected`(_ yaml: String, _ expected: String) throws {
        let problems = Self.problems(yaml)
        #expect(problems.count == 1, "\(problems)")
        let problem = try #require(problems.first)
        #expect(problem.hasPrefix("/etc/remotisan/test.yaml"))
        #expect(problem.contains(expected), "\(problem)")
        #expect(problem.hasSuffix("."))
    }

    @Test func `everything that is wrong is said at once, in the order of the file`() {
        let problems = Self.problems("threads: 0\nurl: a b\nhistory:\n  keep: x\nnope: 1\n")
        #expect(problems.map { $0.split(separator: ":")[1] } == ["1", "2", "4", "5"])
    }

    @Test func `durations and sizes at the end of the number line do no harm`() throws {
        for (key, value) in [("timeout", "9223372036854775807ms"), ("timeout", "9223372036854775s")] {
            let yaml = Self.roles + "commands: { allowed: { a: { roles: [A], run: [x], \(key): \(value) } } }"
            #expect(
                try Configuration.sample(yaml).commands.allowed["a"]?.timeout == 9_223_372_036_854_776
                    - (value.hasSuffix("ms") ? 0 : 1))
        }
        #expect(try Configuration.sample("logger: { max_bytes: 9223372036854775807 }").logger.maxBytes == .max)
    }

    @Test(arguments: ["true", "false", "yes"])
    func `confirm is yes, no or a sentence`(_ value: String) throws {
        let yaml = Self.roles + "commands: { allowed: { a: { roles: [A], run: [x], confirm: \(value) } } }"
        let confirm = try Configuration.sample(yaml).commands.allowed["a"]?.confirm
        #expect(confirm == (value == "true" ? "" : value == "false" ? nil : "yes"))
    }

    @Test func `the environment's url and log path win over the file's, unless they are empty`() throws {
        let yaml = "url: file\nlogger: { path: /file }\n"
        let set = try Configuration.sample(yaml, environment: ["REMOTISAN_URL": "/env/", "REMOTISAN_LOG_PATH": "/env"])
        #expect(set.url == "env")
        #expect(set.logger.path == "/env")
        let empty = try Configuration.sample(yaml, environment: ["REMOTISAN_URL": "", "REMOTISAN_LOG_PATH": ""])
        #expect(empty.url == "file")
        #expect(empty.logger.path == "/file")
    }

    @Test func `what is wrong in the environment is said of the environment`() {
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

    @Test func `the environment's allowed commands are merged in`() throws {
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

    @Test func `a file is found by its name, by the environment, through a link`() throws {
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

    @Test func `a file that is not UTF-8 or holds a byte order mark is read or refused, never guessed`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/x.yaml"
        try Data([0xEF, 0xBB, 0xBF] + Array("url: found\n".utf8)).write(to: URL(fileURLWithPath: path))
        #expect(try ConfigurationReader(environment: [:]).read(path).url == "found")
    }
}
