import TestSupport
import Testing

@testable import Core

struct ConfigurationAdviceTests {
    @Test func `commands without parameters are named, because they take none`() throws {
        let advice = ConfigurationAdvice(
            try .sample(
                """
                roles: { A: { users: [x] } }
                commands:
                  allowed:
                    b: { roles: [A], run: [sh] }
                    a: { roles: [A], run: [sh] }
                    none: { roles: [A], run: [sh], parameters: [] }
                    any: { roles: [A], run: [sh], parameters: any }
                """))
        #expect(advice.warnings.isEmpty)
        #expect(advice.notes.count == 1)
        #expect(advice.notes.first?.contains("takes none: a, b.") ?? false)
        #expect(advice.notes.first?.contains("parameters: any") ?? false)
    }

    @Test func `probable mistakes are warned about`() throws {
        let warnings = ConfigurationAdvice(
            try .sample(
                """
                super_users: ["*"]
                identity: { user: REMOTE_USER }
                roles: { A: { users: [ann] } }
                commands:
                  allowed:
                    good: { roles: [A], run: [sh] }
                    own-path: { roles: [A], run: [sh], environment: { PATH: /nowhere } }
                    gone: { roles: [A], run: [/nonexistent/x] }
                    nowhere: { roles: [A], run: [/bin/sh], directory: /nonexistent }
                """)
        ).warnings
        #expect(
            warnings.map { $0.split(separator: " ").prefix(3).joined(separator: " ") } == [
                "gone: the program", "nowhere: the directory", "own-path: the program", "super_users is \"*\",",
                "identity.user is REMOTE_USER.",
            ])
    }

    @Test func `missing consoles, choice programs and files are warned about`() throws {
        let warnings = ConfigurationAdvice(
            try .sample(
                """
                roles: { A: { users: [ann] } }
                page_directory: /nonexistent/page
                jwt: { key_file: /nonexistent/keys, algorithms: [RS256], issuer: i, audience: a }
                history: { keep: 180 }
                consoles:
                  - { kind: artisan, directory: /nonexistent/app }
                  - { kind: symfony, directory: /, run: [php, no/such/script], prefix: "b:" }
                  - { kind: symfony, directory: /, run: [/nonexistent/console], prefix: "c:" }
                commands:
                  allowed:
                    one:
                      roles: [A]
                      run: [sh]
                      parameters:
                        - { name: branch, type: choice, choices_from: [/nonexistent/list] }
                """)
        ).warnings
        #expect(
            warnings == [
                "one, choices of branch: the program /nonexistent/list does not exist or is not executable.",
                "console php artisan in /nonexistent/app: the directory /nonexistent/app does not exist or cannot be entered.",
                "console php no/such/script in /: no/such/script cannot be read: No such file or directory.",
                "console /nonexistent/console in /: the program /nonexistent/console does not exist or is not executable.",
                "jwt.key_file: /nonexistent/keys cannot be read: No such file or directory.",
                "page_directory: /nonexistent/page/index.html cannot be read: No such file or directory.",
                "history.keep is 180 seconds. Executions and their logs are removed that soon after their end. "
                    + "Write days with their unit, such as 180d.",
            ])
    }

    @Test func `commands whose work no signal reaches are warned about, unless they have kill.run`() throws {
        let warnings = ConfigurationAdvice(
            try .sample(
                """
                roles: { A: { users: [ann] } }
                consoles: [{ kind: symfony, directory: /bin, run: [env, sudo, php, bin/console] }]
                commands:
                  allowed:
                    a: { roles: [A], run: [env, sudo, -n, /bin/true] }
                    b: { roles: [A], run: [sh, -c, "exec docker exec app x"] }
                    c: { roles: [A], run: [sh, -c, sudo x], kill: { run: [/bin/true, "{pid}"] } }
                    d: { roles: [A], run: [sh, -c, sudo x], kill: { run: [/nonexistent/x] } }
                    e: { roles: [A], run: [sh, -c, x] }
                """)
        ).warnings
        #expect(
            warnings.map { $0.split(separator: " ").prefix(5).joined(separator: " ") } == [
                "a: sudo runs its program", "b: docker exec only asks",
                "d, kill.run: the program /nonexistent/x", "console env sudo php bin/console",
            ])
        #expect(warnings.count { $0.contains("kill.run") } == 4)
    }

    @Test func `a console needs no warning if all its commands have kill.run`() throws {
        let configuration = try Configuration.sample(
            """
            roles: { A: { users: [ann] } }
            consoles: [{ kind: symfony, directory: /bin, run: [sh, -c, exec ssh app] }]
            commands: { allowed: { "cache:clear": { roles: [A], kill: { run: [/bin/true] } } } }
            """)
        #expect(ConfigurationAdvice(configuration).warnings.isEmpty)
    }

    @Test func `the kill of all commands has no program, because each command needs its own`() {
        let error = #expect(throws: ConfigurationError.self) { try Configuration.sample("kill: { run: [x] }") }
        #expect(error?.description.contains("kill.run") == true)
        #expect(throws: ConfigurationError.self) {
            try Configuration.sample(
                """
                roles: { A: { users: [x] } }
                commands: { allowed: { a: { roles: [A], run: [x], kill: { run: [] } } } }
                """)
        }
    }

    @Test func `a configuration with only commands of consoles causes no warning`() throws {
        let configuration = try Configuration.sample(
            """
            roles: { A: { users: [ann] } }
            consoles: [{ kind: symfony, directory: /bin, run: [sh] }]
            commands: { allowed: { "cache:clear": { roles: [A] } } }
            """)
        #expect(ConfigurationAdvice(configuration).warnings.isEmpty)
    }

    @Test func `an empty configuration causes a warning`() throws {
        #expect(
            ConfigurationAdvice(try .sample("")).warnings == [
                "no command is allowed, so nobody can run anything. Add one under commands.allowed."
            ])
    }

    static let groups: [(group: String, identity: String, reason: String?)] = [
        ("ops", "", nil), ("Ops", "", nil), ("a b", "", nil), ("CN=Ops|OU", "", nil),
        ("CN=Ops,OU=x", "", "separates groups"), ("a,", "", "separates groups"), (",", "", "separates groups"),
        ("CN=Ops,OU=x", "groups_separator: \"|\"", nil), ("a|b", "groups_separator: \"|\"", "separates groups"),
        ("a b", "groups_separator: \" \"", "separates groups"), (" ops", "", "blanks"), ("ops ", "", "blanks"),
        ("ops\\t", "", "control character"), ("o\\np", "", "control character"), ("jos\u{FFFD}", "", "U+FFFD"),
        ("Ops", "ignore_case: true", nil),
    ]

    @Test(arguments: groups)
    func `a group that can never match is warned about`(
        _ group: String, _ identity: String, _ reason: String?
    ) throws {
        let configuration = try Configuration.sample(
            """
            identity: { \(identity) }
            roles: { A: { groups: ["\(group)"] } }
            commands: { allowed: { a: { roles: [A], run: [sh] } } }
            """)
        let warnings = ConfigurationAdvice(configuration).warnings
        guard let reason else {
            #expect(warnings.isEmpty)
            return
        }
        #expect(warnings.count == 1)
        #expect(warnings.first?.hasPrefix("roles.A.groups: the group \"") == true)
        #expect(warnings.first?.contains(reason) == true, "\(warnings)")
    }

    @Test func `groups of a JSON Web Token may contain a separator, and names are checked everywhere`() throws {
        let configuration = try Configuration.sample(
            """
            super_users: ["a\\tb"]
            jwt: { key_file: /dev/null, algorithms: [RS256], issuer: i, audience: a }
            roles: { A: { groups: ["a,b"], users: ["x\\n"], cgi_variables: { V: ["\\x01"] } } }
            commands: { allowed: { a: { roles: [A], run: [sh] } } }
            """)
        let warnings = ConfigurationAdvice(configuration).warnings
        #expect(
            warnings.map { $0.prefix { $0 != ":" } } == ["super_users", "roles.A.users", "roles.A.cgi_variables.V"])
    }

    @Test func `roles of kill and view without effect are warned about`() throws {
        let configuration = try Configuration.sample(
            """
            history: { should_scope: true }
            allow_process_kill: false
            roles: { A: { users: [ann] } }
            commands:
              allowed:
                a: { roles: [A], run: [sh], view: [A] }
                b: { roles: [A], run: [sh], kill: { grace: 1s } }
                c: { roles: [A], run: [sh], kill: [A] }
            """)
        let warnings = ConfigurationAdvice(configuration).warnings
        #expect(
            warnings.map { $0.prefix { $0 != "," } } == [
                "a: view has no effect with history.should_scope: true",
                "c: the roles of kill have no effect with allow_process_kill: false. Remove one of them.",
            ])
    }
}
