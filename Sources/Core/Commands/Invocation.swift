/// What a person gave, checked: ready to be run.
package struct Invocation: Sendable, Equatable {
    /// All of argv, the program first.
    package let argv: [String]
    /// What the person gave, as one line that means the same: for the audit. Of secrets it has the names.
    package let line: String
    /// Secrets for this run alone, by the variable of the environment that holds each.
    package let environment: [String: Password]
    /// The secret that the command finds on its standard input; nil: nothing.
    package let input: Password?
    /// Files that the command finds at paths among its arguments.
    package let files: [PlacedUpload]

    /// Creates an invocation.
    package init(
        argv: [String], line: String, environment: [String: Password] = [:], input: Password? = nil,
        files: [PlacedUpload] = []
    ) {
        self.argv = argv
        self.line = line
        self.environment = environment
        self.input = input
        self.files = files
    }

    /// Texts that must not appear in the log.
    package var secrets: [Password] {
        environment.sorted { $0.key < $1.key }.map(\.value) + (input.map { [$0] } ?? [])
    }
}
