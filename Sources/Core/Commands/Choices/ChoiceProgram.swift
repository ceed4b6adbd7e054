/// A program whose output says what there is to choose: `git branch --format=%(refname:short)`.
package struct ChoiceProgram: Sendable, Hashable, Codable {
    /// The program and its arguments.
    package let run: [String]
    /// Its working directory: the command's.
    package let directory: String
    /// Variables added to its environment: the command's.
    package let environment: [String: String]
    /// Seconds for which an answer is good; an older one is still used, while the program is asked again.
    package let ttl: Int64

    /// Key names of the catalogue file, which earlier versions wrote, too.
    private enum CodingKeys: String, CodingKey {
        case run, directory, environment
        case ttl = "goodFor"
    }

    /// Creates a program.
    package init(run: [String], directory: String, environment: [String: String] = [:], ttl: Int64 = 60) {
        self.run = run
        self.directory = directory
        self.environment = environment
        self.ttl = ttl
    }

    /// Whether it is time to ask. One that fails is asked no more often than one that does not.
    ///
    /// - Parameters:
    ///   - askedAt: Unix seconds at which it was asked last; nil: never.
    ///   - now: Unix seconds.
    func isDue(askedAt: Int64?, at now: Int64) -> Bool {
        guard let askedAt else { return true }
        return now < askedAt || now >= askedAt + ttl
    }

    /// How an operator knows it.
    package var description: String { "\(run.joined(separator: " ")) in \(directory)" }
}
