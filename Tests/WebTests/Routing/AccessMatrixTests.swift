import Core
import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import Web

/// Tests every caller with every route. The routes come from the route table, so a route without a line here fails.
struct AccessMatrixTests {
    enum Caller: String, CaseIterable, Sendable {
        case nobody, noRole, roleA, roleB, owner, superUser

        var user: String? {
            switch self {
            case .nobody: nil
            case .noRole: "nora@lab"
            case .roleA: "ann@lab"
            case .roleB: "bob@lab"
            // Started the job, but has no role any more.
            case .owner: "olga@lab"
            // Has no role, because seeing everything does not mean running everything.
            case .superUser: "root@lab"
            }
        }
    }

    /// The statuses in the order of ``Caller``. The job is an execution of `only:a` that olga@lab started, and
    /// `/execute` starts `only:a`, too.
    static let expectations: [String: [Int]] = [
        "GET /": [401, 200, 200, 200, 200, 200],
        "GET /commands": [401, 200, 200, 200, 200, 200],
        "GET /filters": [401, 200, 200, 200, 200, 200],
        "GET /history": [401, 200, 200, 200, 200, 200],
        "GET /history/export": [401, 200, 200, 200, 200, 200],
        "POST /execute": [401, 400, 200, 400, 400, 400],
        "POST /check": [401, 400, 200, 400, 400, 400],
        "GET /execute/{uuid}": [401, 404, 200, 404, 200, 200],
        "GET /execute/{uuid}/log": [401, 404, 200, 404, 200, 200],
        // A person who may see the log gets an error for a query without a text.
        "GET /execute/{uuid}/search": [401, 404, 422, 404, 422, 422],
        "POST /kill/{uuid}": [401, 404, 401, 404, 200, 200],
        "GET /personal": [401, 200, 200, 200, 200, 200],
        "POST /favourites": [401, 422, 200, 422, 422, 422],
        "POST /presets": [401, 422, 422, 422, 422, 422],
        "POST /presets/{preset}/delete": [401, 404, 404, 404, 404, 404],
        "GET /instances": [401, 200, 200, 200, 200, 200],
        "POST /instances/{server_uuid}/close": [401, 404, 404, 404, 404, 200],
        "GET /metrics": [401, 404, 404, 404, 404, 200],
        "GET /openapi.json": [401, 200, 200, 200, 200, 200],
        "GET /health": [200, 200, 200, 200, 200, 200],
        "GET /assets/{name}": [200, 200, 200, 200, 200, 200],
    ]

    /// The statuses if `history.should_scope` limits people to their own executions.
    static let scoped: [String: [Int]] = expectations.merging([
        "GET /execute/{uuid}": [401, 404, 404, 404, 200, 404],
        "GET /execute/{uuid}/log": [401, 404, 404, 404, 200, 404],
        "GET /execute/{uuid}/search": [401, 404, 404, 404, 422, 404],
        "POST /kill/{uuid}": [401, 404, 404, 404, 200, 200],
    ]) { $1 }

    struct Entry: Sendable, CustomTestStringConvertible {
        let method: Route.Method
        let pattern: String
        let caller: Caller
        let isScoped: Bool

        var name: String { "\(method.rawValue) \(pattern)" }
        var testDescription: String { "\(name) for \(caller)\(isScoped ? ", scoped" : "")" }
    }

    static func entries() throws -> [Entry] {
        try TestSite().responder.routes.flatMap { route in
            Caller.allCases.flatMap { caller in
                [false, true].map { isScoped in
                    Entry(
                        method: route.method, pattern: "/" + route.pattern.joined(separator: "/"), caller: caller,
                        isScoped: isScoped)
                }
            }
        }
    }

    @Test(arguments: try entries())
    func `every caller gets the status in the table from every route`(_ entry: Entry) throws {
        let table = entry.isScoped ? Self.scoped : Self.expectations
        let row = try #require(table[entry.name], "The route \(entry.name) has no line in the access matrix.")
        let index = try #require(Caller.allCases.firstIndex(of: entry.caller))
        let site = try TestSite(
            Configuration.sampleText + (entry.isScoped ? "history: { should_scope: true }\n" : ""))
        let job = try site.insert(user: "olga@lab", log: "something\n")
        let lock = try HeldLock(site.temporary.files(job))
        defer { withExtendedLifetime(lock) {} }

        try site.store.register(.sample("gone", lastSeen: 1))
        let target = entry.pattern.replacing("{uuid}", with: "\(job)").replacing("{name}", with: "page.css")
            .replacing("{server_uuid}", with: "gone").replacing("{preset}", with: "1")
        let response =
            entry.method == .get
            ? site.get(target, as: entry.caller.user)
            : site.post(target, #"{"command":"only:a"}"#, as: entry.caller.user)
        #expect(response.status.code == row[index])

        if row[index] >= 400 {
            let message = try #require(try response.message)
            #expect(!message.isEmpty)
            #expect(!(try response.text).contains("something"), "A refusal contains nothing of the log.")
        } else if entry.name == "POST /execute" {
            let id = try response.json["id"]?.text ?? ""
            let started = try #require(JobUUID(id))
            try site.temporary.waitForEnd(of: started)
        }
    }

    @Test func `the table has a line for every route and no other`() throws {
        let routes = try TestSite().responder.routes.map {
            $0.description
        }
        #expect(Set(Self.expectations.keys) == Set(routes))
        #expect(Set(routes).count == routes.count, "No route occurs twice.")
    }

    @Test(arguments: ["/execute/UUID", "/execute/UUID?offset=0", "/execute/UUID/log", "/execute/UUID/search?q=x"])
    func `another user's job is answered exactly like a missing one`(_ target: String) throws {
        let site = try TestSite()
        let job = try site.insert(user: "olga@lab", log: "something\n", settled: .sample())
        for uuid in ["\(job)", "\(JobUUID())", "no-uuid"] {
            let response = site.get(target.replacing("UUID", with: uuid), as: "bob@lab")
            #expect(response.status == .notFound)
            #expect(try response.text == #"{"message":"Not Found"}"#)
            #expect(
                response.headers.map(\.name) == site.get("/execute/\(JobUUID())", as: "bob@lab").headers.map(\.name))
        }
    }

    @Test(arguments: [nil, "", "ann@lab"] as [String?])
    func `an execution without an owner belongs to no person`(_ user: String?) throws {
        let site = try TestSite(Configuration.sampleText + "history: { should_scope: true }\n")
        let job = try site.insert(user: nil, log: "x")
        let empty = try site.insert(user: "", log: "x")
        for uuid in [job, empty] {
            let status = site.post("/kill/\(uuid)", "null", as: user).status
            #expect(status == (user == "ann@lab" ? .notFound : .unauthorized))
        }
    }
}
