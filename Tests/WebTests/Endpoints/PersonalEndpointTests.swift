import Core
import HTTPTypes
import TestSupport
import Testing

@testable import Web

struct PersonalEndpointTests {
    private static func favourites(_ site: TestSite, as user: String) throws -> [String] {
        try site.get("/personal", as: user).json["favourites"]?.texts ?? []
    }

    @Test func `favourites are kept by person and shown in the page`() throws {
        let site = try TestSite()
        #expect(site.post("/favourites", #"{"command":"only:a"}"#).status == .ok)
        let answer = try site.post("/favourites", #"{"command":"for:all","favourite":true}"#).json
        #expect(Set(answer["favourites"]?.texts ?? []) == ["only:a", "for:all"])
        #expect(try Self.favourites(site, as: "bob@lab").isEmpty)
        #expect(try site.get("/").text.contains("&quot;favourites&quot;:["))
        #expect(
            try site.post("/favourites", #"{"command":"only:a","favourite":false}"#).json["favourites"]?.texts == [
                "for:all"
            ])
    }

    @Test func `a favourite that the person may not run is refused, and one of a lost role is not shown`() throws {
        let site = try TestSite()
        let refused = site.post("/favourites", #"{"command":"only:a"}"#, as: "bob@lab")
        #expect(refused.status == .unprocessableContent)
        #expect(try refused.text == site.post("/favourites", #"{"command":"none"}"#, as: "bob@lab").text)
        _ = try site.store.addFavourite("only:a", of: "bob@lab", at: 1, limit: 9)
        #expect(try Self.favourites(site, as: "bob@lab").isEmpty)
    }

    @Test func `a person has at most so many favourites and presets`() throws {
        let site = try TestSite()
        for number in 0..<KeepPersonal.limit {
            _ = try site.store.addFavourite("\(number)", of: "ann@lab", at: 1, limit: KeepPersonal.limit)
            _ = try site.store.save(
                Preset(user: "ann@lab", isShared: false, command: "x", name: "\(number)", params: "", savedAt: 1),
                limit: KeepPersonal.limit, by: AuditActor(instance: "a", user: "ann@lab", means: .webServer))
        }
        #expect(site.post("/favourites", #"{"command":"only:a"}"#).status == .conflict)
        #expect(site.post("/presets", #"{"command":"only:a","name":"n","params":""}"#).status == .conflict)
    }

    @Test func `a preset is saved, replaced and deleted by its owner only`() throws {
        let site = try TestSite()
        let saved = try site.post("/presets", #"{"command":"for:all","name":"n","params":"a 'b c'"}"#).json["preset"]
        #expect(saved?["params"]?.text == "a 'b c'")
        #expect(saved?["shared"] == .truth(false))
        let id = try #require(saved?["id"]?.number.map { Int($0) })
        #expect(try site.get("/personal", as: "bob@lab").json["presets"] == .list([]))
        #expect(site.post("/presets/\(id)/delete", "null", as: "bob@lab").status == .notFound)
        #expect(site.post("/presets/\(id)/delete", "null", as: "root@lab").status == .notFound)
        _ = site.post("/presets", #"{"command":"for:all","name":"n","params":"z"}"#)
        let list = try #require(try site.get("/personal").json["presets"]?.list)
        #expect(list.map { $0["params"]?.text } == ["z"])
        #expect(site.post("/presets/\(id)/delete", "null").status == .ok)
        #expect(site.post("/presets/\(id)/delete", "null").status == .notFound)
    }

    @Test func `super users share presets with everybody who may run the command`() throws {
        let site = try TestSite(Configuration.sampleText.replacing("[ann@lab]", with: "[ann@lab, root@lab]"))
        let body = #"{"command":"only:a","name":"n","params":"","shared":true}"#
        #expect(site.post("/presets", body).status == .unprocessableContent)
        let id = try #require(try site.post("/presets", body, as: "root@lab").json["preset"]?["id"]?.number)
        let seen = try #require(try site.get("/personal").json["presets"]?.list.first)
        #expect(seen["can_delete"] == .truth(false))
        #expect(try site.get("/personal", as: "bob@lab").json["presets"] == .list([]))
        #expect(site.post("/presets/\(Int(id))/delete", "null").status == .notFound)
    }

    @Test func `a preset stores no secret`() throws {
        let site = try TestSite(
            """
            roles: { A: { users: [ann@lab] } }
            commands:
              allowed:
                login: { roles: [A], run: [x], parameters: [{ name: password, type: secret, pass: stdin }] }
            """)
        let refused = site.post("/presets", #"{"command":"login","name":"n","params":"--password=geheim"}"#)
        #expect(refused.status == .unprocessableContent)
        #expect(try !refused.text.contains("geheim"))
        #expect(site.post("/presets", #"{"command":"login","name":"n","params":"--password"}"#).status == .ok)
    }

    @Test(arguments: [
        #"{"command":"only:a","name":"","params":""}"#, #"{"command":"only:a","params":""}"#,
        #"{"command":"only:a","name":"a\u0007","params":""}"#, #"{"command":"only:a","name":"n"}"#,
        #"{"command":"only:a","name":"n","params":"","shared":1}"#,
        #"{"command":"only:a","name":"n","params":"","x":1}"#,
        "null", "[]",
    ])
    func `malformed presets are refused with the field`(_ body: String) throws {
        let response = try TestSite().post("/presets", body)
        #expect(response.status == .unprocessableContent)
        #expect(try response.json["errors"]?.keys.count == 1)
    }

    @Test func `the page opens without the store`() throws {
        let site = try TestSite(isMigrated: false)
        #expect(site.get("/").status == .ok)
        #expect(site.get("/personal").status.kind == .serverError)
    }
}
