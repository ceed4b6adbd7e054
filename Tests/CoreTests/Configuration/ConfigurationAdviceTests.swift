import TestSupport
import Testing

@testable import Core

struct ConfigurationAdviceTests {
    @Test func `what is allowed and most likely not meant is said`() throws {
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
                "gone: there is", "nowhere: the directory", "own-path: there is", "super_users is \"*\":",
                "identity.user is REMOTE_USER:",
            ])
    }

    @Test func `consoles, programs of choices and named files are looked for, too`() throws {
        let warnings = ConfigurationAdvice(
            try .sample(
                """
                roles: { A: { users: [ann] } }
                views: /nonexistent/views
                jwt: { keys: /nonexistent/keys, algorithms: [RS256], issuer: i, audience: a }
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
                "one, choices of branch: there is no program /nonexistent/list.",
                "console php artisan in /nonexistent/app: the directory /nonexistent/app cannot be entered.",
                "console php no/such/script in /: no/such/script cannot be read there: No such file or directory.",
                "console /nonexistent/console in /: there is no program /nonexistent/console.",
                "jwt.keys: /nonexistent/keys cannot be read: No such file or directory.",
                "views: /nonexistent/views/index.html cannot be read: No such file or directory.",
                "history.keep is 180 seconds: executions and their logs are removed so soon after their end. "
                    + "Days are written with their unit, as in 180d.",
            ])
    }

    @Test func `nobody is told that nothing is allowed where a console's commands are`() throws {
        let configuration = try Configuration.sample(
            """
            roles: { A: { users: [ann] } }
            consoles: [{ kind: symfony, directory: /bin, run: [sh] }]
            commands: { allowed: { "cache:clear": { roles: [A] } } }
            """)
        #expect(ConfigurationAdvice(configuration).warnings.isEmpty)
    }

    @Test func `an empty configuration allows nothing, and is told so`() throws {
        #expect(ConfigurationAdvice(try .sample("")).warnings == ["no command is allowed, so nobody can run anything."])
    }
}
