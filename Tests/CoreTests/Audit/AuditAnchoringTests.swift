import Foundation
import Logging
import SQLiteStore
import TestSupport
import Testing

@testable import Core

struct AuditAnchoringTests {
    private let temporary: TemporaryStorage
    private let store: SQLiteStore
    private let log = RecordedLog()

    init() throws {
        temporary = try TemporaryStorage()
        store = try SQLiteStore(path: temporary.storage.directory + "/remotisan.sqlite")
        try store.migrate()
    }

    private var settings: Configuration.Audit {
        var settings = Configuration.Audit()
        settings.usesSyslog = false
        return settings
    }

    private var anchoring: AuditAnchoring {
        AuditAnchoring(store: store, storage: temporary.storage, log: log.logger)
    }

    private func append(_ subject: String) throws {
        try store.append([AuditEvent(.logRead, subject)], by: AuditActor(.broker, of: temporary.storage))
    }

    @Test func `a program gets the anchor, and the storage keeps it`() throws {
        #expect(try anchoring.send(settings) == nil)
        try append("x")
        var settings = settings
        let path = temporary.directory.path + "/anchors"
        settings.run = ["sh", "-c", "echo \"$0\" >> \(path)", "{anchor}"]
        let anchor = try #require(try anchoring.send(settings))
        #expect(anchor.head.number == 1)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "\(anchor)\n")
        #expect(AuditAnchor.kept(in: temporary.storage)?.anchor == anchor)
    }

    @Test func `an anchor that a program did not take is not kept`() throws {
        try append("x")
        var settings = settings
        settings.run = ["sh", "-c", "echo no >&2; exit 3", "{anchor}"]
        let error = #expect(throws: AuditAnchorError.self) { try anchoring.send(settings) }
        #expect(error?.description.contains("exit code 3: no") == true)
        #expect(AuditAnchor.kept(in: temporary.storage) == nil)
    }

    @Test func `a store that lost entries says so`() throws {
        for number in 1...3 { try append("\(number)") }
        let lost = try #require(try anchoring.send(settings))
        // An earlier state of the store, with other entries since.
        let other = try SQLiteStore(path: temporary.storage.directory + "/other.sqlite")
        try other.migrate()
        let actor = AuditActor(.broker, of: temporary.storage)
        try other.append([AuditEvent(.logRead, "1")], by: actor)
        let anchoring = AuditAnchoring(store: other, storage: temporary.storage, log: log.logger)
        let anchor = try #require(try anchoring.send(settings))
        let entry = try #require(try other.auditEntry(2, of: temporary.storage.serverUUID))
        #expect(entry.event == "audit_lost")
        #expect(entry.subject == lost.description)
        #expect(anchor.head == entry.head)
        // It is said once.
        #expect(try anchoring.send(settings) == anchor)
    }

    @Test func `settings of the audit are read`() throws {
        let text = "audit: { keep: 400d, anchor: { every: 10m, syslog: false, run: [send, \"{anchor}\"] } }\n"
        let audit = try Configuration.sample(text).audit
        #expect(audit.keep == 34_560_000)
        #expect(audit.anchorInterval == 600_000)
        #expect(!audit.usesSyslog)
        #expect(audit.run == ["send", "{anchor}"])
        #expect(try Configuration.sample("{}").audit == Configuration.Audit())
        for wrong in ["{ keep: 1h }", "{ anchor: { every: 1s } }", "{ anchor: { run: [send] } }", "{ other: 1 }"] {
            #expect(throws: ConfigurationError.self) { try Configuration.sample("audit: \(wrong)\n") }
        }
    }
}
