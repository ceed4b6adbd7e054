import Testing

@testable import Core

/// What is said of a configuration that will not do.
struct ConfigurationMistakesTests {
    private static let roles = ConfigurationReaderTests.roles

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
            roles + "commands:\n  allowed:\n    a:\n      roles: [A]\n      run: [x]\n      max_running_scope: all\n",
            ":7: commands.allowed.a.max_running_scope: it says nothing without max_running."
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], max_running: 1, max_queued: 5 } } }",
            "a.max_queued: nobody waits without when_full: queue."
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], remaining_processes: maybe } } }",
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
        ("instance: { gone_after: 3s }", ":1: instance.gone_after: expected 4s at the least"),
        ("instance: { gone_after: soon }", ":1: instance.gone_after: expected a duration"),
        ("instance: { name: \"\" }", ":1: instance.name: expected a name of at most 64 bytes"),
        ("instance: { name: \"a\\e[1m\" }", ":1: instance.name: expected a name of at most 64 bytes"),
        ("? [a, b]\n: c\n", "every key must be plain text."),
    ]

    @Test(arguments: wrong)
    func `what is wrong is said with its line and what was expected`(_ yaml: String, _ expected: String) throws {
        let problems = ConfigurationReaderTests.problems(yaml)
        #expect(problems.count == 1, "\(problems)")
        let problem = try #require(problems.first)
        #expect(problem.hasPrefix("/etc/remotisan/test.yaml"))
        #expect(problem.contains(expected), "\(problem)")
        #expect(problem.hasSuffix("."))
    }

    @Test func `everything that is wrong is said at once, in the order of the file`() {
        let problems = ConfigurationReaderTests.problems("threads: 0\nurl: a b\nhistory:\n  keep: x\nnope: 1\n")
        #expect(problems.map { $0.split(separator: ":")[1] } == ["1", "2", "4", "5"])
    }
}
