import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// Which configuration a program uses when it starts.
struct ConfigurationSourceTests {
    private let temporary: TemporaryStorage
    private let file: String

    init() throws {
        temporary = try TemporaryStorage()
        file = temporary.directory.path + "/remotisan.yaml"
        try write("threads: 1")
        // Older than the time for which a file must rest.
        try age()
    }

    private func text(_ more: String) -> String { "storage: \(temporary.storage.directory)\n\(more)\n" }

    private func write(_ more: String) throws { try temporary.write(text(more), to: file) }

    /// Waits until the file has rested.
    private func age() throws {
        var status = stat()
        stat(file, &status)
        let changed = Int64(status.st_ctim.tv_sec) * 1000 + Int64(status.st_ctim.tv_nsec) / 1_000_000
        try blockUntil("the file has rested") { Clock.realtimeMilliseconds() - changed > 1000 }
    }

    private func source(_ environment: [String: String] = [:]) -> ConfigurationSource {
        ConfigurationSource(ConfigurationReader(environment: environment), named: file)
    }

    private func accept() throws {
        try source().record(try source().choose(decides: true), in: temporary.storage, decides: true)
    }

    @Test func `without an accepted copy an invalid file is an error`() throws {
        try write("colour: green")
        #expect(throws: ConfigurationError.self) { try source().choose(decides: true) }
        #expect(throws: ConfigurationError.self) { try source().choose(decides: false) }
    }

    @Test(arguments: [true, false])
    func `an invalid file leads to the accepted copy`(_ decides: Bool) throws {
        try accept()
        try write("colour: green")
        let chosen = try source().choose(decides: decides)
        #expect(chosen.configuration.threads == 1)
        #expect(chosen.problem?.contains("colour") == true)
        try source().record(chosen, in: temporary.storage, decides: decides)
        let kept = try #require(AcceptedConfiguration.read(in: temporary.storage.directory))
        #expect(kept.text == text("threads: 1"))
        #expect(kept.problem(with: text("colour: green")) == chosen.problem)
    }

    @Test func `the accepted copy is private and belongs to one file`() throws {
        try accept()
        let copy = temporary.storage.directory + "/configuration.json"
        #expect(try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int == 0o600)
        let other = temporary.directory.path + "/other.yaml"
        try temporary.write(text("colour: green"), to: other)
        let source = ConfigurationSource(ConfigurationReader(environment: [:]), named: other)
        #expect(throws: ConfigurationError.self) { try source.choose(decides: true) }
    }

    @Test func `a broker of a job keeps the storage of the job`() throws {
        try accept()
        try temporary.write("storage: /elsewhere\n", to: file)
        try age()
        let pinned = source([ConfigurationSource.storageVariable: temporary.storage.directory])
        #expect(try pinned.choose(decides: false).configuration.storage == temporary.storage.directory)
        #expect(try source().choose(decides: false).configuration.storage == "/elsewhere")
        // Nothing of the file tells the storage.
        try temporary.write("", to: file)
        #expect(try pinned.choose(decides: false).configuration.storage == temporary.storage.directory)
    }

    @Test func `while a responder lives, it decides`() throws {
        try accept()
        var lock: HeldResponderLock? = try HeldResponderLock(temporary.storage)
        try write("threads: 2")
        try age()
        let file = file
        let storage = temporary.storage
        // What the responder does when it notices the file.
        Thread.detachNewThread {
            let source = ConfigurationSource(ConfigurationReader(environment: [:]), named: file)
            guard let chosen = try? source.choose(decides: true) else { return }
            try? source.record(chosen, in: storage, decides: true)
        }
        let chosen = try source().choose(decides: false)
        #expect(chosen.problem == nil)
        #expect(chosen.configuration.threads == 2)

        try write("threads: 3")
        let refused = AcceptedConfiguration(
            path: file, text: text("threads: 2"), acceptedAt: 1,
            refused: .init(digest: AcceptedConfiguration.digest(of: text("threads: 3")), problem: "no keys", at: 2))
        try refused.write(in: storage.directory)
        let kept = try source().choose(decides: false)
        #expect(kept.problem == "no keys")
        #expect(kept.configuration.threads == 2)
        // A broker does not overrule the responder.
        try source().record(try source().choose(decides: true), in: storage, decides: false)
        #expect(AcceptedConfiguration.read(in: storage.directory) == refused)
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(try source().choose(decides: false).configuration.threads == 3)
    }

    @Test(
        arguments: [
            ("storage: /a/b", "/a/b"), ("url: x\nstorage : '/a b' # c", "/a b"),
            ("{\"url\": 1,\n \"storage\": \"/a\",", "/a"),
            ("{storage: /a}", "/a"), ("storage: relative", nil), ("xstorage: /a", nil), ("storages: /a", nil),
            ("", nil),
            ("logger: { path: /x }\nroles: [\nstorage: /a", "/a"),
        ] as [(String, String?)])
    func `the storage is found in a text that may be invalid`(_ text: String, _ storage: String?) {
        #expect(ConfigurationSource.storage(namedIn: text) == storage)
    }

    @Test(arguments: ["", "\n# nothing\n", "---\n"])
    func `an empty file is used only if there is no earlier one`(_ text: String) throws {
        let path = file
        let pinned = source([ConfigurationSource.storageVariable: temporary.storage.directory])
        try temporary.write(text, to: path)
        #expect(try pinned.choose(decides: true).problem == nil)
        try write("threads: 1")
        try accept()
        try temporary.write(text, to: path)
        #expect(try pinned.choose(decides: true).problem?.contains("is empty") == true)
    }
}
