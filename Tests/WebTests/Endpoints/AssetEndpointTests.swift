import HTTPTypes
import TestSupport
import Testing

@testable import Web

struct AssetEndpointTests {
    private static func links(_ site: TestSite) throws -> [String] {
        try site.get("/").text.split(separator: "\"/remotisan").dropFirst().compactMap { part in
            part.hasPrefix("/assets/") ? String(part.prefix { $0 != "\"" }) : nil
        }
    }

    @Test func `style sheet and script have their types and may be cached for ever`() throws {
        let site = try TestSite()
        let links = try Self.links(site)
        #expect(links.count == 2)
        for link in links {
            let response = site.get(link, as: nil)
            #expect(response.status == .ok)
            #expect(response.headers[.cacheControl] == "public, max-age=31536000, immutable")
            #expect(try !response.bytes.isEmpty)
            let type = link.contains(".css?") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8"
            #expect(response.headers[.contentType] == type)
            let tag = try #require(response.headers[.eTag])
            let again = site.get(link, as: nil, ["HTTP_IF_NONE_MATCH": tag])
            #expect(again.status == .notModified)
            #expect(again.body.count == 0)
        }
    }

    @Test(arguments: ["/assets/page.js", "/assets/page.js?v=old"])
    func `an address without the current version must be revalidated`(_ target: String) throws {
        let response = try TestSite().get(target, as: nil)
        #expect(response.status == .ok)
        #expect(response.headers[.cacheControl] == "no-cache")
    }

    @Test(arguments: [
        "index.html", "main.js", "log.css", "log/log.css", "nothing.css", "%2e%2e%2findex.html", "page.js/x",
    ])
    func `only the joined files are served`(_ name: String) throws {
        #expect(try TestSite().get("/assets/\(name)", as: nil).status == .notFound)
    }
}
