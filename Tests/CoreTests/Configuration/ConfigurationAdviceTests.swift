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
        #expect(ConfigurationAdvice(try .sample("")).warnings == ["no command is allowed, so nobody can run anything."])
    }
}
