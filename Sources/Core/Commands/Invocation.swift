/// A command with checked parameters, ready to run.
package struct Invocation: Sendable, Equatable {
    /// The program and its arguments.
    package let argv: [String]
    /// The parameters as one line, for the audit. It contains the names of secrets, but not their values.
    package let line: String
    /// Secrets of this execution, by environment variable.
    package let environment: [String: Password]
    /// The secret that the command gets on its standard input; nil if there is none.
    package let input: Password?
    /// Uploaded files. Their paths are arguments of the command.
    package let files: [PlacedUpload]

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

    /// Values that are masked in the log.
    package var secrets: [Password] {
        environment.sorted { $0.key < $1.key }.map(\.value) + (input.map { [$0] } ?? [])
    }
}
