import Foundation
import Glibc

/// Decides which configuration a program uses when it starts: the file, or the copy that was accepted before.
///
/// A responder decides for the whole instance, because it checks the most: the keys of tokens and the files of the
/// page, too. As long as a responder lives, brokers use what it has accepted. Otherwise each program decides itself.
///
/// The file is not used if it is invalid, empty or still being written. Then the accepted copy stays in use, and the
/// problem is reported.
package struct ConfigurationSource: Sendable {
    /// The path of the configuration file.
    package let path: String
    let reader: ConfigurationReader
    /// The program that accepts it.
    private let program: AuditMeans
    /// The storage of the program that started this one; nil for a program that a person, cron or systemd started.
    private let pinned: String?

    /// The variable with the storage of the program that starts a broker. The broker of a job belongs to the storage of
    /// the job, even if the configuration names another one by then.
    package static let storageVariable = "REMOTISAN_STORAGE"
    /// Milliseconds for which a file must not have changed. An editor may truncate it first and write it then.
    private static let settlingTime: Int64 = 1000
    /// Milliseconds that a broker waits for the decision of a responder.
    private static let decisionTimeout: Int64 = 10_000

    /// - Parameters:
    ///   - named: The path of the file; nil for the default.
    ///   - program: This program, for the audit.
    package init(_ reader: ConfigurationReader, named: String?, by program: AuditMeans = .broker) {
        self.reader = reader
        self.program = program
        path = reader.path(named)
        pinned = reader.environment[Self.storageVariable]
    }

    /// A configuration to use.
    package struct Chosen: Sendable {
        package let configuration: Configuration
        package let text: String
        /// Why the file is not used; nil if it is. A sentence for the administrator.
        package let problem: String?
    }

    /// A copy that was accepted before, and its content.
    package struct Kept: Sendable {
        package let accepted: AcceptedConfiguration
        package let configuration: Configuration
        /// The storage that holds the copy.
        package let storage: String

        /// The copy as a choice, because of a problem of the file.
        package func chosen(_ problem: String) -> Chosen {
            Chosen(configuration: configuration, text: accepted.text, problem: problem)
        }
    }

    /// Chooses a configuration.
    ///
    /// - Parameter decides: Whether the program is a responder, which decides for all.
    /// - Throws: ``ConfigurationError`` if the file cannot be used and there is no accepted copy.
    package func choose(decides: Bool) throws -> Chosen {
        for _ in 0..<3 where isSettling() { usleep(useconds_t(Self.settlingTime) * 1000 / 2) }
        let text = Result { () throws(ConfigurationError) in try ConfigurationReader.text(of: path) }
        let file = Result { try reader.read(yaml: text.get(), path: path) }
        // The usual case. The copy is not parsed then, because parsing takes a large part of the time of a start.
        if let same = try? text.get(), copy()?.accepted.text == same {
            return Chosen(configuration: try file.get(), text: same, problem: nil)
        }
        guard let kept = kept() else {
            return Chosen(configuration: try file.get(), text: try text.get(), problem: nil)
        }
        let configuration: Configuration
        do {
            configuration = try file.get()
        } catch {
            return kept.chosen("\(error)")
        }
        let new = try text.get()
        if let problem = Self.problemOfEmpty(new, at: path) { return kept.chosen(problem) }
        if pinned != nil, !Self.isSame(configuration.storage, kept.storage) {
            return kept.chosen("\(path): storage: the job belongs to \(kept.storage).")
        }
        guard !decides, Storage.isResponderRunning(in: kept.storage) else {
            return Chosen(configuration: configuration, text: new, problem: nil)
        }
        return awaitDecision(on: new, configuration, kept)
    }

    /// Waits until the responder has accepted or refused a text.
    private func awaitDecision(on text: String, _ configuration: Configuration, _ kept: Kept) -> Chosen {
        let deadline = Clock.boottimeMilliseconds() + Self.decisionTimeout
        while Clock.boottimeMilliseconds() < deadline {
            if let accepted = AcceptedConfiguration.read(in: kept.storage), accepted.path == path {
                if accepted.text == text { return Chosen(configuration: configuration, text: text, problem: nil) }
                if let problem = accepted.problem(with: text) { return kept.chosen(problem) }
            }
            guard Storage.isResponderRunning(in: kept.storage) else {
                return Chosen(configuration: configuration, text: text, problem: nil)
            }
            usleep(50_000)
        }
        return kept.chosen("\(path): the responder has not accepted it yet.")
    }

    /// Records a choice in the storage, so that later starts can fall back to it.
    ///
    /// - Parameter decides: Whether the program is a responder. Other programs record nothing while a responder lives.
    package func record(_ chosen: Chosen, in storage: Storage, decides: Bool) throws {
        guard decides || !storage.isResponderRunning else { return }
        let old = AcceptedConfiguration.read(in: storage.directory)
        var new =
            old?.path == path
            ? old : AcceptedConfiguration(path: path, text: chosen.text, acceptedAt: Clock.seconds())
        if old?.path != path || new?.text != chosen.text { new?.acceptedBy = program.rawValue }
        if new?.text != chosen.text {
            new?.text = chosen.text
            new?.acceptedAt = Clock.seconds()
        }
        new?.refused = nil
        let text = (try? ConfigurationReader.text(of: path)) ?? ""
        if let problem = chosen.problem, text != chosen.text {
            new?.refused = .init(digest: AcceptedConfiguration.digest(of: text), problem: problem, at: Clock.seconds())
            if old?.refused?.digest == new?.refused?.digest { new?.refused = old?.refused }
        }
        if let new, new != old { try new.write(in: storage.directory) }
    }

    /// The accepted copy of this file; nil if there is none that is valid.
    package func kept() -> Kept? {
        guard let copy = copy(), let configuration = try? reader.read(yaml: copy.accepted.text, path: path) else {
            return nil
        }
        return Kept(accepted: copy.accepted, configuration: configuration, storage: copy.storage)
    }

    /// The copy and its storage. It is searched in the storage of the program that started this one, in the one that
    /// the file names, and in the default one.
    private func copy() -> (accepted: AcceptedConfiguration, storage: String)? {
        let text = (try? ConfigurationReader.text(of: path)) ?? ""
        let named = Self.storage(namedIn: text)
        for storage in [pinned, named, Self.defaultStorage].compactMap(\.self) {
            guard let accepted = AcceptedConfiguration.read(in: storage), accepted.path == path else { continue }
            return (accepted, storage)
        }
        return nil
    }

    /// The path that a line of YAML or JSON gives for `storage`; nil if there is none. The text is not parsed, because
    /// it may be invalid.
    static func storage(namedIn text: String) -> String? {
        for line in text.split(whereSeparator: \.isNewline) {
            let key = line.drop { " \t{\"'".contains($0) }
            guard key.hasPrefix("storage") else { continue }
            let rest = key.dropFirst("storage".count).drop { " \t\"'".contains($0) }
            guard rest.first == ":" else { continue }
            let path = rest.dropFirst().drop { " \t\"'".contains($0) }.prefix { !"\"'#,}".contains($0) }
            if path.first == "/" { return path.trimmingWhitespace }
        }
        return nil
    }

    /// The default of `storage`.
    package static let defaultStorage = "/var/lib/remotisan"

    /// Whether the file was changed a moment ago, and differs from the accepted copy.
    ///
    /// A time in the future is ignored, because the clock may have been set back.
    private func isSettling() -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        let changed = Int64(status.st_ctim.tv_sec) * 1000 + Int64(status.st_ctim.tv_nsec) / 1_000_000
        guard (0..<Self.settlingTime).contains(Clock.realtimeMilliseconds() - changed), let copy = copy() else {
            return false
        }
        return (try? ConfigurationReader.text(of: path)) != copy.accepted.text
    }

    /// An empty file is valid, but it never replaces a configuration: it is one that an editor has just truncated.
    static func problemOfEmpty(_ text: String, at path: String) -> String? {
        isEmpty(text) ? "\(path): is empty, so the earlier configuration stays in use. Write the settings again." : nil
    }

    /// Whether a text has no settings.
    package static func isEmpty(_ text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).allSatisfy { line in
            let line = line.trimmingWhitespace
            return line.isEmpty || line.hasPrefix("#") || line == "---" || line == "..."
        }
    }

    static func isSame(_ path: String, _ other: String) -> Bool {
        path == other || (try? RealPath.resolve(path)) == (try? RealPath.resolve(other))
    }
}
