import Foundation

/// STORAGE/catalogue.json: what the consoles and the programs of choices listed, so that nobody has to wait for them.
struct CatalogueCache: Sendable, Equatable, Codable {
    /// What each console listed.
    var entries: [Entry] = []
    /// What each program of choices listed.
    var choices: [ChoiceEntry] = []

    /// What one console listed, the last time it did.
    struct Entry: Sendable, Equatable, Codable {
        let console: Console
        var commands: [ConsoleCommand]
        /// Roles that the application itself names, by command.
        var roles: [String: [String]]
        /// What its files looked like then.
        var fingerprint: String
        /// Unix seconds of the listing; nil: it never listed anything.
        var listedAt: Int64?
        /// Unix seconds at which it was asked last, whatever it answered.
        var askedAt: Int64?
        /// What is wrong since then; nil: nothing.
        var problem: String?

        /// Seconds after which a console that failed is asked again though none of its files has changed: what it
        /// lacked may be no file of its own.
        private static let timeout: Int64 = 300

        /// Whether it is time to ask again.
        ///
        /// - Parameters:
        ///   - fingerprint: What the console's files look like.
        ///   - now: Unix seconds.
        func isDue(_ fingerprint: String, at now: Int64) -> Bool {
            guard self.fingerprint == fingerprint else { return true }
            guard problem != nil, let askedAt else { return problem != nil }
            return now < askedAt || now >= askedAt + Self.timeout
        }
    }

    /// What one program of choices listed, the last time it did.
    struct ChoiceEntry: Sendable, Equatable, Codable {
        let program: ChoiceProgram
        /// Nil: it never listed anything.
        var choices: [Choice]?
        /// Lines that could not be used.
        var leftOut = 0
        /// Unix seconds of the listing; nil: it never listed anything.
        var listedAt: Int64?
        /// Unix seconds at which it was asked last, whatever it answered.
        var askedAt: Int64
        /// What is wrong since the listing; nil: nothing.
        var problem: String?
    }

    subscript(console: Console) -> Entry? {
        entries.first { $0.console == console }
    }

    subscript(program: ChoiceProgram) -> ChoiceEntry? {
        choices.first { $0.program == program }
    }

    /// The cache of a storage; empty where there is none, or one of another version.
    static func read(_ path: String) throws -> CatalogueCache {
        guard let text = try DurableFile.read(path) else { return CatalogueCache() }
        return (try? JSONDecoder().decode(CatalogueCache.self, from: Data(text.utf8))) ?? CatalogueCache()
    }

    /// Writes it, so that a reader sees all of it or what was there before.
    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try DurableFile.write(String(decoding: try encoder.encode(self), as: UTF8.self), to: path)
    }
}
