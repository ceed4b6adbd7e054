/// A program whose output says what there is to choose: `git branch --format=%(refname:short)`.
public struct ChoiceProgram: Sendable, Hashable, Codable {
    /// The program and its arguments.
    public let run: [String]
    /// Its working directory: the command's.
    public let directory: String
    /// Variables added to its environment: the command's.
    public let environment: [String: String]
    /// Seconds for which an answer is good; an older one is still used, while the program is asked again.
    public let goodFor: Int64

    /// Creates a program.
    public init(run: [String], directory: String, environment: [String: String] = [:], goodFor: Int64 = 60) {
        self.run = run
        self.directory = directory
        self.environment = environment
        self.goodFor = goodFor
    }

    /// Whether it is time to ask. One that fails is asked no more often than one that does not.
    ///
    /// - Parameters:
    ///   - askedAt: Unix seconds at which it was asked last; nil: never.
    ///   - now: Unix seconds.
    func isDue(askedAt: Int64?, at now: Int64) -> Bool {
        guard let askedAt else { return true }
        return now < askedAt || now >= askedAt + goodFor
    }

    /// How an operator knows it.
    public var description: String { "\(run.joined(separator: " ")) in \(directory)" }
}
