/// A program that prints the choices of a parameter, such as `git branch --format=%(refname:short)`.
package struct ChoiceProgram: Sendable, Hashable, Codable {
    /// The program and its arguments.
    package let run: [String]
    /// The working directory, which is that of the command.
    package let directory: String
    /// Variables added to the environment, as for the command.
    package let environment: [String: String]
    /// Seconds after which the program runs again. Until it has ended, the earlier result stays in use.
    package let ttl: Int64

    /// The keys in the catalogue file. Earlier versions wrote the same keys.
    private enum CodingKeys: String, CodingKey {
        case run, directory, environment
        case ttl = "goodFor"
    }

    package init(run: [String], directory: String, environment: [String: String] = [:], ttl: Int64 = 60) {
        self.run = run
        self.directory = directory
        self.environment = environment
        self.ttl = ttl
    }

    /// Seconds after which a program that failed runs again, if its results stay valid for longer. A queued execution
    /// may wait for its choices.
    private static let retryInterval: Int64 = 300

    /// Whether the program needs to run again.
    ///
    /// - Parameters:
    ///   - lastRun: Unix seconds of the last run; nil if it never ran. A time in the future counts as outdated, because
    ///     the clock was set back.
    ///   - hasFailed: Whether that run failed.
    ///   - now: Unix seconds.
    func needsRefresh(lastRun: Int64?, hasFailed: Bool = false, at now: Int64) -> Bool {
        guard let lastRun else { return true }
        return now < lastRun || now >= lastRun + (hasFailed ? min(ttl, Self.retryInterval) : ttl)
    }

    /// The program and its directory, for messages to operators.
    package var description: String { "\(run.joined(separator: " ")) in \(directory)" }
}
