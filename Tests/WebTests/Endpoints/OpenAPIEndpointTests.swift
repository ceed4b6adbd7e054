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

    @Test func `the document knows every field and type of a parameter that the list of commands has`() throws {
        let site = try TestSite(
            """
            roles: { A: { users: [ann@lab] } }
            commands:
              allowed:
                all:
                  roles: [A]
                  run: [x]
                  parameters:
                    - { name: a, option: --a, pattern: x, max_length: 3, multiline: true }
                    - { name: b, option: --b, type: integer, min: 1, max: 2 }
                    - { name: c, option: --c, type: decimal, min: 1, max: 2 }
                    - { name: d, option: --d, type: choice, choices: [x] }
                    - { name: e, option: --e, type: choice, choices_from: [x] }
                    - { name: f, option: --f, type: date }
                    - { name: g, option: --g, type: time }
                    - { name: h, option: --h, type: path, below: / }
                    - { name: i, option: --i, type: email }
                    - { name: j, option: --j, type: host }
                    - { name: k, option: --k, type: json }
                    - { name: l, option: --l, type: flag }
                    - { name: m, type: secret, pass: stdin }
                    - { name: n, type: file, suffix: .csv }
            """)
        let entries = try #require(try site.get("/commands").json["commands"]?["all"]?["definition"])
        let schema = try site.get("/openapi.json").json["components"]?["schemas"]?["Parameter"]?["properties"]
        let fields = try #require(schema)
        let types = try #require(fields["type"]?["enum"]?.list.map(\.text))
        let parameters = ["args", "ops"].flatMap { kind in
            (entries[kind]?.keys ?? []).compactMap { entries[kind]?[$0] }
        }
        #expect(parameters.count == 14)
        for parameter in parameters {
            #expect(Set(parameter.keys).isSubset(of: fields.keys), "\(parameter)")
            if let type = parameter["type"] { #expect(types.contains(type.text), "\(parameter)") }
        }
    }

    @Test func `the HTTP API's document has a heading for every route`() throws {
        let site = try TestSite()
        let headings = try Self.document().split(separator: "\n").filter { $0.hasPrefix("### ") }
        for route in site.responder.routes {
            let name = "\(route.method.rawValue) /\(route.pattern.joined(separator: "/"))"
            #expect(headings.contains("### `\(name)`"), "docs/http-api.md lacks \(name).")
        }
    }

    @Test func `the HTTP API's document names every field of requests and answers`() throws {
        let site = try TestSite()
        let fields = Self.names(in: try site.get("/openapi.json").json)
        #expect(fields.count > 80)
        let words = try Self.document().matches(of: #/[A-Za-z][A-Za-z_.]*/#).flatMap { $0.0.split(separator: ".") }
        for field in fields.subtracting(words.map { String($0) }).sorted() {
            Issue.record("docs/http-api.md lacks \(field).")
        }
    }

    private static func document() throws -> String {
        let repository = URL(filePath: #filePath).appending(path: "../../../..").standardized
        return try String(contentsOf: repository.appending(path: "docs/http-api.md"), encoding: .utf8)
    }

    /// The properties and query fields that an OpenAPI document describes.
    private static func names(in value: JSONValue) -> Set<String> {
        switch value {
        case .list(let items): return items.reduce(into: []) { $0.formUnion(names(in: $1)) }
        case .object(let fields):
            var found: Set<String> = []
            if case .object(let properties) = fields["properties"] { found.formUnion(properties.keys) }
            if fields["in"] == .text("query"), case .text(let name) = fields["name"] { found.insert(name) }
            return fields.values.reduce(into: found) { $0.formUnion(names(in: $1)) }
        default: return []
        }
    }
}
