/// The configuration of an installation: roles, fixture programs, and additions of a test.
struct SampleConfiguration: Sendable {
    /// Additional top-level keys. @PORT@ stands for the port of the web server.
    var top = "kill: { grace: 300ms }"
    /// Additional commands, as entries of `allowed`.
    var commands: [String: String] = [:]

    /// The YAML of an installation whose jobs run in `work` and whose storage is `storage`.
    func yaml(storage: String, work: String) -> String {
        let fixtures = Places.fixtures
        var allowed = [
            "await": "roles: [\"*\"], run: [\(fixtures)/await]",
            "bytes": "roles: [\"*\"], run: [\(fixtures)/bytes]",
            "flood": "roles: [\"*\"], run: [\(fixtures)/flood]",
            "stubborn": "roles: [\"*\"], run: [\(fixtures)/stubborn]",
            "argv": "roles: [\"*\"], run: [\(fixtures)/print-argv]",
            "environment": "roles: [\"*\"], run: [\(fixtures)/print-environment]",
            "descriptors": "roles: [\"*\"], run: [\(fixtures)/print-descriptors]",
            "sleep": "roles: [\"*\"], run: [sleep]",
            "signals": "roles: [\"*\"], run: [\(fixtures)/log-signals]",
            "tree": "roles: [\"*\"], run: [\(fixtures)/tree]",
            "greet": "roles: [SUPPORT], run: [echo, Hello], description: Greets",
            "deploy": "roles: [DEV_OPS], run: [echo, Deployed]",
            "patient": "roles: [\"*\"], run: [sh, -c, 'until [ -e go ]; do sleep 0.5; done; exit \"$0\"']",
            "ends": "roles: [\"*\"], run: [sh, -c, 'exit \"$0\"']",
        ]
        allowed.merge(commands) { _, own in own }
        let entries = allowed.sorted { $0.key < $1.key }.map { name, keys in
            // Programs take any words, unless a test declares their parameters.
            let isProgram = keys.contains("run:") && !keys.contains("parameters:")
            return "    \"\(name)\": { \(keys)\(isProgram ? ", parameters: any" : "") }"
        }
        return """
            storage: \(storage)
            super_users: [carol]
            \(top)
            roles:
              SUPPORT: { groups: [support] }
              DEV_OPS: { groups: [devops] }
            commands:
              directory: \(work)
              environment: { \(Self.mark): \(work) }
              allowed:
            \(entries.joined(separator: "\n"))

            """
    }

    /// The variable that marks the processes of an installation.
    static let mark = "E2E_WORK"
}
