/// Everything that is wrong with a configuration, at once.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// One thing that is wrong.
    public struct Problem: Equatable, Sendable, CustomStringConvertible {
        /// File or environment variable.
        public let source: String
        /// Line, from 1; nil where it is about the whole.
        public let line: Int?
        /// The key, from the top: `commands.allowed.disk-usage.timeout`.
        public let key: String
        /// What is wrong and what was expected.
        public let message: String

        /// Like a compiler: source, line, key, message.
        public var description: String {
            let place = line.map { "\(source):\($0)" } ?? source
            return key.isEmpty ? "\(place): \(message)" : "\(place): \(key): \(message)"
        }
    }

    /// The problems, in the order of the file. Never empty.
    public let problems: [Problem]

    /// One problem a line.
    public var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
