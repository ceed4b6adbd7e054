/// What a person gave, checked: ready to be run.
public struct Invocation: Sendable, Equatable {
    /// All of argv, the program first.
    public let argv: [String]
    /// What the person gave, as one line that means the same: for the audit. Secrets are not in it.
    public let line: String
    /// Variables for this run alone: secrets.
    public let environment: [String: String]
    /// What the command finds on its standard input; nil: nothing.
    public let input: String?
    /// Texts that must not appear in the log.
    public let secrets: [String]

    /// Creates an invocation.
    public init(
        argv: [String], line: String, environment: [String: String] = [:], input: String? = nil, secrets: [String] = []
    ) {
        self.argv = argv
        self.line = line
        self.environment = environment
        self.input = input
        self.secrets = secrets
    }
}
