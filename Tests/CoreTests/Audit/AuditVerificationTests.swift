import Crypto
import Foundation
import Testing

@testable import Core

struct AuditVerificationTests {
    private static let actor = AuditActor(instance: "a", user: "ann", means: .webServer, address: "127.0.0.1")

    /// A chain with some entries.
    private static func chain(_ count: Int = 5) -> [AuditEntry] {
        var entries: [AuditEntry] = []
        for number in 0..<count {
            entries.append(
                AuditEntry(AuditEvent(.started, "\(number)", at: 1), by: actor, after: entries.last?.head ?? .none))
        }
        return entries
    }

    private static func verify(
        _ entries: [AuditEntry], anchors: [AuditAnchor] = [], isPart: Bool = false
    ) -> AuditMisfit? {
        var verification = AuditVerification(of: "a", anchors: anchors, isPart: isPart)
        for entry in entries {
            if let misfit = verification.check(entry) { return misfit }
        }
        return verification.finish()
    }

    private static func anchor(_ entry: AuditEntry) -> AuditAnchor {
        AuditAnchor(instance: entry.instance, head: entry.head)
    }

    /// The documented form of the hashed text, so that others can compute it.
    @Test func `the hash is that of the documented text`() {
        let entry = AuditEntry(
            AuditEvent(.started, "job", ["command": .text("é")], at: 17),
            by: AuditActor(instance: "a", user: "ann", means: .apiToken, tokenID: 3), after: .none)
        let text =
            String(repeating: "0", count: 64)
            + #"1:1,1:a,2:17,7:started,3:job,3:ann,9:api_token,-,1:3,16:{"command":"é"},"#
        #expect(entry.hash == SHA256.hash(data: Data(text.utf8)).map { String(format: "%02x", $0) }.joined())
    }

    @Test func `a whole chain fits, and its parts fit where a part is expected`() throws {
        let chain = Self.chain()
        #expect(Self.verify(chain, anchors: chain.map(Self.anchor)) == nil)
        #expect(Self.verify([]) == nil)
        #expect(Self.verify(Array(chain[2...]), isPart: true) == nil)
        #expect(Self.verify(Array(chain[2...])) == .beginMissing(2))
    }

    @Test(arguments: [
        "instance", "at", "event", "subject", "user", "means", "address", "tokenID", "details", "hash", "previous",
    ])
    func `a changed value is found`(_ value: String) {
        var chain = Self.chain()
        let entry = chain[2]
        func changed(_ name: String, _ old: String) -> String { name == value ? old + "1" : old }
        chain[2] = AuditEntry(
            instance: changed("instance", entry.instance), number: entry.number, at: value == "at" ? 2 : entry.at,
            event: changed("event", entry.event), subject: value == "subject" ? nil : entry.subject,
            user: value == "user" ? "" : entry.user, means: changed("means", entry.means),
            address: value == "address" ? nil : entry.address, tokenID: value == "tokenID" ? 1 : nil,
            details: changed("details", entry.details), previous: changed("previous", entry.previous),
            hash: changed("hash", entry.hash))
        #expect(Self.verify(chain) == .changed(3))
    }

    @Test func `an entry with a new hash does not fit the next one`() {
        var chain = Self.chain()
        chain[2] = AuditEntry(AuditEvent(.started, "other", at: 1), by: Self.actor, after: chain[1].head)
        #expect(Self.verify(chain) == .unlinked(4))
        // The last entry can be replaced. Only an anchor shows it.
        #expect(Self.verify(Array(chain[...2])) == nil)
        #expect(
            Self.verify(Array(chain[...2]), anchors: [Self.anchor(Self.chain()[2])])
                == .anchor(Self.anchor(Self.chain()[2]), end: 3, lostIn: nil))
    }

    @Test func `removed, swapped and repeated entries are found`() {
        let chain = Self.chain()
        #expect(Self.verify([chain[0], chain[2], chain[3]]) == .missing(2))
        #expect(Self.verify([chain[0], chain[2], chain[1]]) == .missing(2))
        #expect(Self.verify([chain[0], chain[0]]) == .missing(2))
        #expect(Self.verify(Array(chain[1...])) == .beginMissing(1))
        let anchors = [Self.anchor(chain[4]), Self.anchor(chain[1])]
        #expect(
            Self.verify(Array(chain[..<3]), anchors: anchors) == .anchor(Self.anchor(chain[4]), end: 3, lostIn: nil))
        #expect(Self.verify([], anchors: [anchors[1]]) == .anchor(anchors[1], end: 0, lostIn: nil))
    }

    @Test func `an entry that names the removed ones explains a late beginning`() {
        var chain = Self.chain()
        let removed = chain[1].head
        chain.append(AuditEntry(.auditPurged(upTo: removed), by: Self.actor, after: chain[4].head))
        #expect(Self.verify(Array(chain[2...]), anchors: [Self.anchor(chain[0])]) == nil)
        #expect(Self.verify(Array(chain[3...])) == .beginMissing(3))
        var wrong = Self.chain()
        wrong.append(
            AuditEntry(.auditPurged(upTo: AuditHead(number: 2, hash: "x")), by: Self.actor, after: wrong[4].head))
        #expect(Self.verify(Array(wrong[2...])) == .beginMissing(2))
    }

    @Test func `an anchor that a restored store has lost is explained`() {
        let lost = Self.anchor(Self.chain(9)[8])
        var chain = Self.chain()
        chain.append(AuditEntry(.auditLost(lost), by: Self.actor, after: chain[4].head))
        let misfit = Self.verify(chain, anchors: [lost])
        #expect(misfit == .anchor(lost, end: 6, lostIn: 6))
        #expect(misfit?.description.contains("an earlier state of it was restored") == true)
    }

    @Test func `anchors are found among the words of a log`() {
        let anchor = AuditAnchor(
            instance: "11111111-2222-3333-4444-555555555555",
            head: AuditHead(number: 7, hash: String(repeating: "ab", count: 32)))
        let line = "Jan 31 12:00:00 host remotisan[7]: audit anchor \(anchor)\nother:1:line\n"
        #expect(AuditAnchor.all(in: line) == [anchor])
        for wrong in ["", "a:0:\(anchor.head.hash)", "a:1:\(anchor.head.hash)0", ":1:\(anchor.head.hash)", "a:1:x:y"] {
            #expect(AuditAnchor(wrong) == nil, "\(wrong)")
        }
    }

    @Test func `an exported line has the same entry`() throws {
        let entry = AuditEntry(
            AuditEvent(.refused, nil, ["command": .text("\u{1B}[2J\u{9B}名\u{202E}😀\n\"\\")], at: 1), by: Self.actor,
            after: .none)
        let line = try entry.jsonLine()
        #expect(line.dropLast().allSatisfy { (0x20..<0x7F).contains($0) })
        #expect(line.last == UInt8(ascii: "\n"))
        #expect(try JSONDecoder().decode(AuditEntry.self, from: Data(line)) == entry)
    }
}
