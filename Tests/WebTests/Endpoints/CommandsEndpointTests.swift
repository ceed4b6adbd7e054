import Core
import Foundation
import TestSupport
import Testing

@testable import Web

struct CommandsEndpointTests {
    @Test(arguments: [
        ("ann@lab", ["only:a", "for:all", "missing"]), ("bob@lab", ["only:b", "for:all", "missing"]),
        ("nora@lab", []), ("root@lab", []),
    ])
    func `people see only the commands that they may run`(_ user: String, _ names: [String]) throws {
        let response = try TestSite().get("/commands", as: user)
        #expect(try response.json.keys == ["commands"])
        #expect(try response.json["commands"]?.keys == Set(names))
    }

    @Test func `a list that the browser has is not sent again, unless the person has other roles`() throws {
        let site = try TestSite()
        let first = site.get("/commands", as: "ann@lab")
        let tag = try #require(first.headers[.eTag])
        #expect(first.headers[.cacheControl] == "private, no-cache")
        let again = site.get("/commands", as: "ann@lab", ["HTTP_IF_NONE_MATCH": "W/\(tag)"])
        #expect(again.status == .notModified)
        #expect(again.body.count == 0)
        let other = site.get("/commands", as: "bob@lab", ["HTTP_IF_NONE_MATCH": tag])
        #expect(other.status == .ok)
        #expect(try other.json["commands"]?.keys == ["only:b", "for:all", "missing"])
        #expect(site.get("/commands", as: nil, ["HTTP_IF_NONE_MATCH": tag]).status == .unauthorized)
    }

    @Test func `groups from the web server give roles`() throws {
        let site = try TestSite()
        let response = site.get("/commands", as: "new@lab", ["REMOTISAN_GROUPS": "x, b ,,"])
        #expect(try response.json["commands"]?.keys == ["only:b", "for:all", "missing"])
    }

    @Test func `an entry has the original's form`() throws {
        let response = try TestSite().get("/commands")
        let entry = try #require(try response.json["commands"]?["for:all"])
        #expect(entry.keys.isSuperset(of: ["name", "definition", "help", "description", "usageManual"]))
        #expect(entry["name"]?.text == "for:all")
        #expect(entry["description"]?.text == "Says it again")
        #expect(entry["help"]?.text == "Words go in and out.")
        #expect(entry["usageManual"]?.text == "for:all [<params>...]")
        let definition = try #require(entry["definition"])
        #expect(definition.keys == ["args", "ops"])
        #expect(definition["ops"] == .list([]), "No options are an empty list, as in PHP.")
        let argument = try #require(definition["args"]?["params"])
        #expect(argument.keys == ["description", "default", "is_required", "is_array"])
        #expect(argument["is_required"] == .truth(false))
        #expect(argument["is_array"] == .truth(true))
        #expect(argument["default"] == .list([]))
    }

    @Test func `parameters keep their order`() throws {
        let names = (0..<12).map { "\(["zeta", "mid", "alpha"][$0 % 3])\($0)" }
        let arguments = names.map { "{ name: \($0) }" }.joined(separator: ", ")
        let options = names.map { "{ name: o-\($0), option: --\($0) }" }.joined(separator: ", ")
        let site = try TestSite(
            """
            roles: { A: { users: [ann@lab] } }
            commands: { allowed: { many: { roles: [A], run: [x], parameters: [\(options), \(arguments)] } } }
            """)
        let text = try site.get("/commands").text
        let places = try (names + names.map { "o-\($0)" }).map { name in
            try #require(text.range(of: "\"\(name)\":{")?.lowerBound)
        }
        #expect(places == places.sorted())
    }
}
