import Testing

@testable import Core

struct ConfigurationErrorTests {
    private static let roles = ConfigurationReaderTests.roles

    /// Configurations with one mistake, and a part of the message.
    static let invalid: [(yaml: String, message: String)] = [
        ("\nurI: x\n", ":2: urI: this key is unknown. Did you mean url?"),
        ("kill: { signal: [TERM] }", ":1: kill.signal: this key is unknown. Did you mean signals?"),
        ("completely_different: 1", ":1: completely_different: this key is unknown. Known keys: "),
        ("url: x\nurl: y\n", ":2: is not YAML: the key url is set twice, in the lines 1 and 2. Remove one of them."),
        ("{\"url\": \"x\", \"url\": \"y\"}", "the key url is set twice. Remove one of them."),
        (
            "commands:\n  allowed:\n    a: { run: [x], roles: [\"*\"] }\n    a: { run: [y], roles: [\"*\"] }\n",
            ":4: is not YAML: the key a is set twice, in the lines 3 and 4. Remove one of them."
        ),
        ("url: [", "is not YAML: "),
        ("\tx: 1", ":1: is not YAML: a tab indents this line. Use spaces."),
        ("roles:\n  A:\n\tusers: [a]\n", ":3: is not YAML: a tab indents this line. Use spaces."),
        (
            "roles:\n  A:\n    users: [a]\n\n  # x\n  \"A\": { users: [b] }\n",
            ":6: is not YAML: the key A is set twice, in the lines 2 and 6."
        ),
        (
            "super_users: [*]",
            ":1: is not YAML: an asterisk begins an alias. If it is a name, write it in quotes: \"*\"."
        ),
        ("super_users: *\n", ":1: is not YAML: an asterisk begins an alias."),
        ("metrics: [*OPS]\n", ":1: is not YAML: an asterisk begins an alias."),
        ("url: x\n\u{FEFF}threads: 4\n", ":2: this line begins with a byte order mark (U+FEFF), which is invisible."),
        ("kill:\n  signals: [TERM]\n\tgrace: 5s\n", ":3: is not YAML: a tab indents this line. Use spaces."),
        ("roles: @a\n", ":1: is not YAML: found character that cannot start any token."),
        ("[a, b]", ":1: expected keys and values, found a list."),
        ("text", ":1: expected keys and values, found \"text\"."),
        ("logger: 7", ":1: logger: expected keys and values, found \"7\"."),
        ("url: [a]", ":1: url: expected text, found a list."),
        ("url: \"\"", ":1: url: expected a path of letters"),
        ("url: ../x", ":1: url: expected a path"),
        ("url: a//b", ":1: url: expected a path"),
        ("url: a b", ":1: url: expected a path"),
        ("public_url: ops.example.com", ":1: public_url: expected an address that begins with http:// or https://."),
        ("public_url: https://", ":1: public_url: expected a scheme, a host and a path"),
        ("public_url: https://ops/x?y", ":1: public_url: expected a scheme, a host and a path"),
        ("url: a/./b", ":1: url: expected a path"),
        ("identity: { groups_separator: \"\" }", ":1: identity.groups_separator: expected 1 to 16 bytes"),
        ("identity: { groups_separator: \"\\n\" }", ":1: identity.groups_separator: expected 1 to 16 bytes"),
        ("identity: { ignore_case: maybe }", ":1: identity.ignore_case: expected true or false"),
        ("tokens: { max_age: 5s }", ":1: tokens.max_age: expected at least 1m."),
        ("metrics: [NOBODY]", ":1: metrics: the role NOBODY is not defined."),
        (
            "jwt: { key_file: /k, issuer: i, audience: a, algorithms: [RS256], leeway: 1h }",
            ":1: jwt.leeway: expected at most 10m."
        ),
        ("roles: { A: { tokens_only: true, users: [a] } }", ":1: roles.A: tokens_only contradicts the other keys"),
        ("kill: [TERM]", ":1: kill: expected keys and values, found a list."),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], kill: [B] } } }",
            ":2: commands.allowed.a.kill: the role B is not defined."
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], kill: { roles: [B] } } } }",
            ":2: commands.allowed.a.kill: the role B is not defined."
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], kill: [[A]] } } }",
            ":2: commands.allowed.a.kill.roles: expected a list of texts, found a list."
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], view: [A, B] } } }",
            ":2: commands.allowed.a.view: the role B is not defined."
        ),
        ("storage: relative", ":1: storage: expected an absolute path."),
        ("logger:\n  path: x", ":2: logger.path: expected an absolute path."),
        ("logger: { max_bytes: 10KiB }", ":1: logger.max_bytes: expected at least 1MiB, or 0 for no limit."),
        ("logger: { max_bytes: much }", ":1: logger.max_bytes: expected a size such as 64KiB or 1GiB, found \"much\"."),
        ("database: mysql", ":1: database: expected sqlite, or postgresql://"),
        ("kill_list: carrier-pigeon", ":1: kill_list: expected database, redis://"),
        ("allow_process_kill: maybe", ":1: allow_process_kill: expected true or false, found \"maybe\"."),
        ("kill: { signals: [STOP] }", ":1: kill.signals: STOP is not a signal that can be used here. Use ABRT,"),
        (
            """
            commands:
              allowed:
                a:
                  { run: [x], roles: ["*"], max_running: 1, when_full: queue,
                    parameters: [{ name: p, type: secret, pass: stdin }] }
            """, ":4: commands.allowed.a.when_full: cannot be queue, because the command takes p."
        ),
        ("kill: { grace: 2h }", ":1: kill.grace: expected at most 1h."),
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
            ":1: jwt.key_file: is missing. Set it to the file with the keys."
        ),
        (
            "jwt: { key_file: /k, issuer: i, audience: a, algorithms: [none] }",
            ":1: jwt.algorithms: none is not supported"
        ),
        (
            "jwt: { key_file: /k, issuer: i, audience: a }",
            ":1: jwt.algorithms: is missing. Name the accepted algorithms, such as [RS256]."
        ),
        (
            "jwt: { key_file: /k, issuer: i, audience: \"\", algorithms: [RS256] }",
            ":1: jwt.audience: must not be empty. Set it to a value that aud must contain."
        ),
        ("roles:\n  A: {}\n", ":2: roles.A: nobody can hold this role. Add users, groups, claims or cgi_variables."),
        ("roles:\n  A: { claims: { x: [] } }\n", ":2: roles.A: nobody can hold this role"),
        ("roles: { A: { users: [\"\"] } }", ":1: roles.A: an empty name matches nobody. Remove it."),
        ("roles: { \"*\": { users: [a] } }", ":1: roles.*: * stands for every role, so it cannot be"),
        ("roles: { A: { groups: [b], user: [a] } }", ":1: roles.A.user: this key is unknown. Did you mean users?"),
        ("threads: 0", ":1: threads: expected a whole number from 1 to 256, found \"0\"."),
        (
            "allowed_socket_users: [no-such-user-here]",
            ":1: allowed_socket_users: the user no-such-user-here does not exist on this machine."
        ),
        (
            roles + "commands: { allowed: { a: { roles: [B], run: [x] } } }",
            ":2: commands.allowed.a.roles: the role B is not defined."
        ),
        (roles + "commands: { allowed: { a: { run: [x] } } }", ":2: commands.allowed.a: has no roles"),
        (roles + "commands: { allowed: { a: { roles: [A] } } }", ":2: commands.allowed.a: run is missing"),
        (roles + "commands: { allowed: { a: { roles: [A], run: [\"\"] } } }", ":2: commands.allowed.a: run is missing"),
        (
            roles + "commands: { allowed: { \"a\\nb\": { roles: [A], run: [x] } } }",
            ": expected a name of 1 to 255 bytes of printable text."
        ),
        (roles + "commands: { allowed: { \"\": { roles: [A], run: [x] } } }", ": expected a name of 1 to 255 bytes"),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], timeout: 0 } } }",
            "a.timeout: expected more than 0."
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
            "a.when_full: has no effect without max_running."
        ),
        (
            roles + "commands:\n  allowed:\n    a:\n      roles: [A]\n      run: [x]\n      max_running_scope: all\n",
            ":7: commands.allowed.a.max_running_scope: has no effect without max_running."
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], max_running: 1, max_queued: 5 } } }",
            "a.max_queued: has no effect unless when_full is queue."
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], columns: 80 } } }",
            "has no effect without terminal: true"
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], terminal: true, rows: 0 } } }",
            "expected a whole number from 1 to 1000"
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], umask: \"9\" } } }",
            "expected permissions in octal digits"
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], nice: -5 } } }",
            "expected a whole number from 0 to 19"
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], limits: { memory: much } } } }",
            "expected a size"
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], limits: { stack: 1 } } } }",
            "this key is unknown"
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], success_exit_codes: [256] } } }",
            "expected numbers from 0 to 255"
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], success_exit_codes: [] } } }",
            "expected numbers from 0 to 255"
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], encoding: latin1 } } }",
            "expected one of iso-8859-1, utf-8, windows-1252, found"
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], remaining_processes: maybe } } }",
            "expected one of keep, kill, found"
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], environment: { \"A=B\": c } } } }",
            "is not the name of an environment variable."
        ),
        (
            roles + "commands: { allowed: { a: { roles: [A], run: [x], environment: { REMOTISAN_JOB_UUID: c } } } }",
            "is set by Remotisan for every job."
        ),
        ("commands: { directory: relative }", ":1: commands.directory: expected an absolute path."),
        (
            "commands: { max_params_chars_length: x }",
            ":1: commands.max_params_chars_length: expected a whole number from 0"
        ),
        ("instance: { address: \"http://a:80\" }", ":1: instance.address: expected a host and a port"),
        ("instance: { gone_after: 3s }", ":1: instance.gone_after: expected at least 4s"),
        ("instance: { gone_after: soon }", ":1: instance.gone_after: expected a duration"),
        ("instance: { name: \"\" }", ":1: instance.name: expected a name of at most 64 bytes"),
        ("instance: { name: \"a\\e[1m\" }", ":1: instance.name: expected a name of at most 64 bytes"),
        ("? [a, b]\n: c\n", "expected plain text for every key."),
    ]

    @Test(arguments: invalid)
    func `a mistake is reported with its line and a remedy`(_ yaml: String, _ message: String) throws {
        let problems = ConfigurationReaderTests.problems(yaml)
        #expect(problems.count == 1, "\(problems)")
        let problem = try #require(problems.first)
        #expect(problem.hasPrefix("/etc/remotisan/test.yaml"))
        #expect(problem.contains(message), "\(problem)")
        #expect(problem.hasSuffix("."))
    }

    @Test func `all mistakes are reported at once, in the order of the file`() {
        let problems = ConfigurationReaderTests.problems("threads: 0\nurl: a b\nhistory:\n  keep: x\nnope: 1\n")
        #expect(problems.map { $0.split(separator: ":")[1] } == ["1", "2", "4", "5"])
    }

    @Test func `a file that is not UTF-8 is an error with its line`() {
        let bytes = Array("super_users:\n  - ann\n  - jos".utf8) + [0xE9] + Array("\n".utf8)
        let error = #expect(throws: ConfigurationError.self) {
            try ConfigurationReader.text(bytes, of: "x.yaml")
        }
        #expect(error?.description == "x.yaml:3: is not UTF-8. Save the file as UTF-8.")
    }

    @Test func `a byte order mark is no part of the text`() throws {
        #expect(
            try ConfigurationReader.text([0xEF, 0xBB, 0xBF] + Array("url: ops\n".utf8), of: "x.yaml") == "url: ops\n")
        #expect(try ConfigurationReader.text([0xEF, 0xBB, 0xBF], of: "x.yaml") == "")
    }
}
