import Core
import TestSupport
import Testing

@testable import Web

struct FiltersEndpointTests {
    @Test func `the visible users are listed once each, sorted`() throws {
        let site = try TestSite()
        for (user, command) in [
            ("zoe@lab", "only:a"), ("bob@lab", "only:b"), ("ann@lab", "only:b"), ("zoe@lab", "for:all"),
            (nil, "only:a"),
        ] {
            try site.insert(user: user, command: command)
        }
        #expect(try site.get("/filters", as: "ann@lab").text == #"{"users":["ann@lab","zoe@lab"]}"#)
        #expect(try site.get("/filters", as: "root@lab").text == #"{"users":["ann@lab","bob@lab","zoe@lab"]}"#)
        #expect(try site.get("/filters", as: "nora@lab").text == #"{"users":[]}"#)
    }
}
