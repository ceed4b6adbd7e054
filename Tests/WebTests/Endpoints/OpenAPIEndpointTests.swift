import Core
import Foundation
import TestSupport
import Testing

@testable import Web

struct OpenAPIEndpointTests {
    @Test func `the document names every route but the page and its files, and no other`() throws {
        let site = try TestSite()
        let document = try site.get("/openapi.json", as: "ann@lab").text
        let json = try #require(try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any])
        let paths = try #require(json["paths"] as? [String: [String: Any]])
        let described = paths.flatMap { path, methods in methods.keys.map { "\($0.uppercased()) \(path)" } }
        let routes = site.responder.routes.map { "\($0.method.rawValue) /\($0.pattern.joined(separator: "/"))" }
        #expect(Set(described) == Set(routes).subtracting(["GET /", "GET /assets/{name}"]))
    }
}
