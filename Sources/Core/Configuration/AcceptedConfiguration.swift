import Crypto
import Foundation

/// STORAGE/configuration.json: the configuration that the programs of an instance use, and why the file is not used if
/// it differs.
///
/// The programs keep this copy because the file may be invalid or half written when one of them starts. The copy is
/// readable by its owner only, because the address of a database may contain a password.
package struct AcceptedConfiguration: Sendable, Equatable, Codable {
    /// The path of the configuration file.
    package var path: String
    /// Its text when it was accepted.
    package var text: String
    /// Unix seconds.
    package var acceptedAt: Int64
    /// The program that accepted it, an ``AuditMeans``; nil if an earlier version did.
    package var acceptedBy: String?
    /// A later text that was refused; nil if the file has no such text.
    package var refused: Refused?

    /// A text that was not accepted.
    package struct Refused: Sendable, Equatable, Codable {
        /// Its ``AcceptedConfiguration/digest(of:)``.
        package var digest: String
        /// Why it is not used. A sentence for the administrator.
        package var problem: String
        /// Unix seconds.
        package var at: Int64
    }

    package init(path: String, text: String, acceptedAt: Int64, refused: Refused? = nil) {
        self.path = path
        self.text = text
        self.acceptedAt = acceptedAt
        self.refused = refused
    }

    /// The SHA-256 of a text, in hexadecimal.
    static func digest(of text: String) -> String {
        SHA256.hash(data: Data(text.utf8)).hexadecimal
    }

    /// Why the programs do not use this text; nil if it was not refused.
    package func problem(with text: String) -> String? {
        refused.flatMap { $0.digest == Self.digest(of: text) ? $0.problem : nil }
    }

    /// The file in a storage.
    static func file(in storage: String) -> String { storage + "/configuration.json" }

    /// Reads the copy in a storage; nil if there is none that can be read.
    package static func read(in storage: String) -> AcceptedConfiguration? {
        guard let text = try? DurableFile.read(file(in: storage)) else { return nil }
        return try? JSONDecoder().decode(AcceptedConfiguration.self, from: Data(text.utf8))
    }

    /// Replaces the copy in a storage atomically.
    func write(in storage: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        try DurableFile.write(text, to: Self.file(in: storage), mode: 0o600)
    }
}
