/// An invalid configuration, with all its problems.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    package struct Problem: Equatable, Sendable, CustomStringConvertible {
        /// The file or environment variable.
        package let source: String
        /// The line, from 1; nil if the problem has no line.
        package let line: Int?
        /// The full path of the key, such as `commands.allowed.disk-usage.timeout`; empty if the problem has no key.
        package let key: String
        /// What is wrong, and what to do about it.
        package let message: String

        /// Source, line, key and message, in the format of compilers.
        package var description: String {
            let location = line.map { "\(source):\($0)" } ?? source
            return key.isEmpty ? "\(location): \(message)" : "\(location): \(key): \(message)"
        }
    }

    /// The problems, in the order of the file. Never empty.
    package let problems: [Problem]

    /// A problem of a whole file.
    package init(of source: String, _ message: String) {
        self.init(problems: [Problem(source: source, line: nil, key: "", message: message)])
    }

    init(problems: [Problem]) {
        self.problems = problems
    }

    /// One problem per line.
    package var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
