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
}
