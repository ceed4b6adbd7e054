import Foundation

/// STORAGE/catalogue.json: the results of consoles and choice programs. They are stored, because a request cannot wait
/// for these programs.
struct CatalogueFile: Sendable, Equatable, Codable {
    var consoles: [ConsoleResult] = []
    var choices: [ChoiceResult] = []

    /// The keys in the file. Earlier versions wrote the same keys.
    private enum CodingKeys: String, CodingKey {
        case consoles = "entries"
        case choices
    }

    /// The last successful result of a console, and what happened since.
    struct ConsoleResult: Sendable, Equatable, Codable {
        let console: Console
        var commands: [ConsoleCommand]
        /// Names of commands that the console does not describe in a readable way. They are not in ``commands``.
        var unreadable: [String]?
        /// Roles that the application gives to its commands, by command.
        var roles: [String: [String]]
        /// The ``SourceFingerprint`` at the last run.
        var fingerprint: String
        /// Unix seconds of the last success; nil if there was none.
        var listedAt: Int64?
        /// Unix seconds of the last run.
        var askedAt: Int64?
        /// Why the last run failed; nil if it succeeded.
        var problem: String?

        /// What is wrong with the commands in ``unreadable``; nil if there are none.
        var notice: String? {
            guard let unreadable, !unreadable.isEmpty else { return nil }
            return """
                it does not describe \(unreadable.joined(separator: ", ")) in JSON, so \
                \(unreadable.count == 1 ? "it is" : "they are") missing. Save the description and help of \
                such a command as UTF-8.
                """
        }

        /// Seconds after which a console that failed runs again although its files have not changed. The cause may be
        /// outside its files.
        private static let retryInterval: Int64 = 300

        /// Whether the console needs to run again.
        ///
        /// - Parameters:
        ///   - fingerprint: The present ``SourceFingerprint``.
        ///   - now: Unix seconds.
        func needsRefresh(_ fingerprint: String, at now: Int64) -> Bool {
            guard self.fingerprint == fingerprint else { return true }
            guard problem != nil, let askedAt else { return problem != nil }
            return now < askedAt || now >= askedAt + Self.retryInterval
        }
    }

    /// The last successful result of a choice program, and what happened since.
    struct ChoiceResult: Sendable, Equatable, Codable {
        let program: ChoiceProgram
        /// The choices; nil if the program has not succeeded yet.
        var choices: [Choice]?
        /// Number of invalid lines in the output.
        var ignoredLines = 0
        /// Unix seconds of the last success; nil if there was none.
        var listedAt: Int64?
        /// Unix seconds of the last run.
        var askedAt: Int64
        /// Why the last run failed; nil if it succeeded.
        var problem: String?

        /// The keys in the file. Earlier versions wrote the same keys.
        private enum CodingKeys: String, CodingKey {
            case program, choices, listedAt, askedAt, problem
            case ignoredLines = "leftOut"
        }
    }

    subscript(console: Console) -> ConsoleResult? {
        consoles.first { $0.console == console }
    }

    subscript(program: ChoiceProgram) -> ChoiceResult? {
        choices.first { $0.program == program }
    }

    /// Reads the file; empty if it does not exist or has another version's format.
    static func read(_ path: String) throws -> CatalogueFile {
        guard let text = try DurableFile.read(path) else { return CatalogueFile() }
        return (try? JSONDecoder().decode(CatalogueFile.self, from: Data(text.utf8))) ?? CatalogueFile()
    }

    /// Replaces the file atomically.
    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try DurableFile.write(String(decoding: try encoder.encode(self), as: UTF8.self), to: path)
    }
}
