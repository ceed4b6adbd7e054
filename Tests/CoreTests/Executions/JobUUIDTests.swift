import Foundation
import Testing

@testable import Core

struct JobUUIDTests {
    @Test func `new identifiers are random, in lower case and of version 4`() {
        let uuids = (0..<100).map { _ in JobUUID() }
        #expect(Set(uuids).count == 100)
        for uuid in uuids {
            #expect(JobUUID(uuid.description) == uuid)
            #expect(uuid.description == uuid.description.lowercased())
            #expect(Array(uuid.description)[14] == "4")
        }
    }

    @Test(arguments: [
        "", "x", "../../etc/passwd", "57daa7fd5712474fa5290ad0539423a4", "57daa7fd-5712-474f-a529-0ad0539423a",
        "57daa7fd-5712-474f-a529-0ad0539423a44", "57daa7fd-5712-474f-a529-0ad0539423ag",
        "57daa7fd-5712-474f-a529-0ad0539423a\u{301}",
        "57daa7fd-5712-474f-a529-0ad0539423a/", "{57daa7fd-5712-474f-a529-0ad0539423a4}",
        "57daa7fd-5712-474f-a529-0ad0539423a4\n",
        "５7daa7fd-5712-474f-a529-0ad0539423a4", "-57daa7f-5712-474f-a529-0ad0539423a4",
    ])
    func `malformed identifiers are rejected`(_ text: String) {
        #expect(JobUUID(text) == nil)
    }

    @Test func `upper case is accepted and converted to lower case`() {
        #expect(JobUUID("57DAA7FD-5712-474F-A529-0AD0539423A4")?.description == "57daa7fd-5712-474f-a529-0ad0539423a4")
    }
}
