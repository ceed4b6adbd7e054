/// Everything that is wrong with a configuration, at once.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// One thing that is wrong.
    package struct Problem: Equatable, Sendable, CustomStringConvertible {
        /// File or environment variable.
        package let source: String
        /// Line, from 1; nil where it is about the whole.
        package let line: Int?
        /// The key, from the top: `commands.allowed.disk-usage.timeout`.
        package let key: String
        /// What is wrong and what was expected.
        package let message: String

        /// Like a compiler: source, line, key, message.
        package var description: String {
            let place = line.map { "\(source):\($0)" } ?? source
            return key.isEmpty ? "\(place): \(message)" : "\(place): \(key): \(message)"
        }
    }

    /// The problems, in the order of the file. Never empty.
    package let problems: [Problem]

    /// One problem a line.
    package var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
