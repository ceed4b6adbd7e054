import Assembly
import Core

extension Configuration {
    /// Two roles, a super user, and commands for one role, the other role and both.
    package static let sampleText = """
        super_users: [root@lab]
        roles:
          A: { users: [ann@lab], groups: [a] }
          B: { users: [bob@lab], groups: [b] }
        commands:
          allowed:
            "only:a": { roles: [A], run: [/bin/true], parameters: any }
            "only:b": { roles: [B], run: [/bin/true], parameters: any }
            "for:all": { roles: ["*"], run: [/bin/echo], parameters: any, description: Says it again, help: Words go in and out. }
            "missing": { roles: ["*"], run: [/nonexistent/program], parameters: any }

        """

    /// Reads the text of a configuration, by default ``sampleText``.
    package static func sample(
        _ yaml: String = sampleText, environment: [String: String] = [:]
    ) throws -> Configuration {
        try ConfigurationReader(environment: environment).read(yaml: yaml, path: "/etc/remotisan/test.yaml")
    }
}
