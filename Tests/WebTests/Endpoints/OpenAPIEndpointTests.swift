import Core
import Foundation
import TestSupport
import Testing

@testable import Web

struct OpenAPIEndpointTests {
    @Test func `the document has every route except the page and its files`() throws {
        let site = try TestSite()
        let document = try site.get("/openapi.json", as: "ann@lab").text
        let json = try #require(try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any])
        let paths = try #require(json["paths"] as? [String: [String: Any]])
        let described = paths.flatMap { path, methods in methods.keys.map { "\($0.uppercased()) \(path)" } }
        let routes = site.responder.routes.map { $0.description }
        #expect(Set(described) == Set(routes).subtracting(["GET /", "GET /assets/{name}"]))
    }

    @Test func `the document has every member of a parameter in the list of commands`() throws {
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
                    - { name: o, option: --o, type: url }
            """)
        let entries = try #require(try site.get("/commands").json["commands"]?["all"]?["definition"])
        let schema = try site.get("/openapi.json").json["components"]?["schemas"]?["Parameter"]?["properties"]
        let fields = try #require(schema)
        let parameters = ["args", "ops"].flatMap { kind in
            (entries[kind]?.keys ?? []).compactMap { entries[kind]?[$0] }
        }
        #expect(parameters.count == 15)
        for parameter in parameters {
            #expect(Set(parameter.keys).isSubset(of: fields.keys), "\(parameter)")
        }
    }

    @Test func `the document has every member of a row of the history and no others`() throws {
        let site = try TestSite()
        try site.insert()
        let row = try #require(try site.get("/history").json["data"]?.list.first)
        let schema = try #require(try site.get("/openapi.json").json["components"]?["schemas"]?["Execution"])
        #expect(schema["properties"]?.keys == row.keys)
        #expect(Set(schema["required"]?.list.compactMap(\.text) ?? []) == row.keys)
    }

    @Test func `every reference in the document leads to a component`() throws {
        let json = try TestSite().get("/openapi.json").json
        let references = Self.references(in: json)
        #expect(references.contains("#/components/responses/Unauthorized"))
        for reference in references {
            var target: JSONValue? = json
            for part in reference.split(separator: "/").dropFirst() { target = target?[String(part)] }
            #expect(target != nil, "\(reference)")
        }
    }

    @Test func `docs/http-api.md has a heading for every route`() throws {
        let site = try TestSite()
        let headings = try Self.document().split(separator: "\n").filter { $0.hasPrefix("### ") }
        for route in site.responder.routes {
            let name = route.description
            #expect(headings.contains("### `\(name)`"), "docs/http-api.md lacks \(name).")
        }
    }

    @Test func `docs/http-api.md names every field of requests and answers`() throws {
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

    private static func references(in value: JSONValue) -> Set<String> {
        switch value {
        case .list(let items): return items.reduce(into: []) { $0.formUnion(references(in: $1)) }
        case .object(let fields):
            let own = fields["$ref"]?.text.map { Set([$0]) } ?? []
            return fields.values.reduce(into: own) { $0.formUnion(references(in: $1)) }
        default: return []
        }
    }

    /// The names of the properties and query fields in an OpenAPI document.
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
