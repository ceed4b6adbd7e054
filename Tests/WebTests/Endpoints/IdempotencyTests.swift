import Core
import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import Web

struct IdempotencyTests {
    private static let body = #"{"command":"only:a"}"#

    private static func post(
        _ site: TestSite, _ key: String?, _ body: String = body, as user: String = "ann@lab"
    ) -> Response {
        site.post("/execute", body, as: user, with: key.map { ["HTTP_IDEMPOTENCY_KEY": $0] } ?? [:])
    }

    private static func end(_ site: TestSite) throws {
        for row in try site.store.history(HistoryQuery(visibility: .everything)).rows where row.status == .running {
            try site.temporary.waitForEnd(of: try #require(JobUUID(row.jobUUID)))
        }
    }

    @Test func `a repeated request has the same answer and starts nothing`() throws {
        let site = try TestSite()
        let first = Self.post(site, "key-1")
        #expect(first.status == .ok)
        for _ in 0..<3 {
            let again = Self.post(site, "key-1")
            #expect(again.status == .ok)
            #expect(try again.text == first.text)
        }
        #expect(try Self.post(site, "key-2").text != first.text)
        #expect(try Self.post(site, nil).text != first.text)
        #expect(try site.store.counts().map(\.count).reduce(0, +) == 3)
        try Self.end(site)
    }

    @Test func `the order of fields and white space do not make another body`() throws {
        let site = try TestSite()
        let first = Self.post(site, "k", #"{"command":"for:all","params":"é 1"}"#)
        for body in [
            #"{"params":"é 1","command":"for:all"}"#, "{ \"command\" : \"for:all\",\n\"params\":\"\\u00e9 1\"}",
            #"{"command":"for:all","params":"é 1","options":null}"#,
        ] {
            #expect(try Self.post(site, "k", body).text == first.text)
        }
        #expect(Self.post(site, "k", #"{"command":"for:all","params":"é  1"}"#).status == .unprocessableContent)
        try Self.end(site)
    }

    @Test func `two people may use one key`() throws {
        let site = try TestSite()
        let body = #"{"command":"for:all"}"#
        let (ann, bob) = (Self.post(site, "k", body), Self.post(site, "k", body, as: "bob@lab"))
        #expect(ann.status == .ok && bob.status == .ok)
        #expect(try ann.text != bob.text)
        #expect(try Self.post(site, "k", body, as: "bob@lab").text == bob.text)
        try Self.end(site)
    }

    @Test(arguments: [
        #"{"command":"for:all"}"#, #"{"command":"only:a","params":"x"}"#, #"{"command":"only:a","params":""}"#,
        #"{"command":"no:such"}"#,
    ])
    func `a key with another body is 422 and starts nothing`(_ body: String) throws {
        let site = try TestSite()
        #expect(Self.post(site, "k").status == .ok)
        let response = Self.post(site, "k", body)
        #expect(response.status == .unprocessableContent)
        #expect(try response.json["errors"]?.keys == ["Idempotency-Key"])
        #expect(try site.store.counts().map(\.count).reduce(0, +) == 1)
        try Self.end(site)
    }

    @Test(arguments: [
        "", " ", "a b", "a\tb", "a\nb", "é", "\u{7F}", String(repeating: "x", count: 256),
    ])
    func `a malformed key is 400 and starts nothing`(_ key: String) throws {
        let site = try TestSite()
        let response = Self.post(site, key)
        #expect(response.status == .badRequest)
        let message = try #require(try response.message)
        #expect(message.contains("Idempotency-Key") || message.contains("HTTP_IDEMPOTENCY_KEY"))
        #expect(try site.store.counts().isEmpty)
    }

    @Test(arguments: ["x", "!~", "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"", String(repeating: "x", count: 255)])
    func `a key is any printable text`(_ key: String) throws {
        let site = try TestSite()
        #expect(Self.post(site, key).status == .ok)
        try Self.end(site)
    }

    @Test func `two different keys are 400`() throws {
        let site = try TestSite()
        let pairs = [
            ("REQUEST_METHOD", "POST"), ("REQUEST_URI", "/remotisan/execute"), ("CONTENT_TYPE", "application/json"),
            ("CONTENT_LENGTH", "\(Self.body.utf8.count)"), ("REMOTISAN_USER", "ann@lab"),
            ("HTTP_X_CSRF_TOKEN", site.token(for: "ann@lab")), ("HTTP_IDEMPOTENCY_KEY", "a"),
            ("HTTP_IDEMPOTENCY_KEY", "b"),
        ]
        #expect(site.respond(CGIVariables(pairs), body: Self.body).status == .badRequest)
    }

    @Test func `a refused request leaves its key unused`() throws {
        let site = try TestSite(
            Configuration.sampleText.replacing(
                "\"only:a\": { roles: [A]", with: "\"only:a\": { max_running: 1, roles: [A]"))
        #expect(Self.post(site, "k", #"{"command":"only:b"}"#).status == .badRequest)
        let job = try site.insert()
        #expect(Self.post(site, "k").status == .conflict)
        _ = try site.store.settle(job, .sample())
        #expect(Self.post(site, "k").status == .ok)
        try Self.end(site)
    }

    @Test func `a start that failed is answered again with its reason`() throws {
        let site = try TestSite()
        let body = #"{"command":"missing"}"#
        let first = Self.post(site, "k", body)
        #expect(first.status == .internalServerError)
        let again = Self.post(site, "k", body)
        #expect(again.status == .internalServerError)
        #expect(try again.text == first.text)
        #expect(try site.store.counts().map(\.count).reduce(0, +) == 1)
    }

    @Test func `a repeated request is answered even if the person may not run the command any more`() throws {
        let site = try TestSite()
        let first = Self.post(site, "k", as: "nora@lab")
        #expect(first.status == .badRequest)
        let groups = ["HTTP_IDEMPOTENCY_KEY": "k", "REMOTISAN_GROUPS": "a"]
        let started = site.post("/execute", Self.body, as: "nora@lab", with: groups)
        #expect(started.status == .ok)
        #expect(try Self.post(site, "k", as: "nora@lab").text == started.text)
        try Self.end(site)
    }

    @Test func `of concurrent requests with one key one starts`() async throws {
        let site = try TestSite()
        let answers = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<16 {
                group.addTask { try await onThread { try Self.post(site, "k").text } }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(answers.count == 1)
        #expect(try site.store.counts().map(\.count).reduce(0, +) == 1)
        try Self.end(site)
        // Nothing is left of those that did not start.
        let files = try FileManager.default.contentsOfDirectory(atPath: site.storage.jobs)
        #expect(Set(files.map { $0.prefix(36) }).count == 1, "\(files)")
    }

    @Test func `neither the key nor the body is stored`() throws {
        let site = try TestSite(
            """
            roles: { A: { users: [ann@lab] } }
            commands:
              allowed:
                x: { roles: [A], run: [/bin/true], parameters: [{ name: pin, type: secret, pass: stdin }] }
            """)
        let body = #"{"command":"x","options":{"pin":"123456"}}"#
        #expect(Self.post(site, "my-secret-key", body).status == .ok)
        try Self.end(site)
        let database = ["", "-wal"].map {
            FileManager.default.contents(atPath: site.storage.database + $0) ?? Data()
        }
        for data in database {
            for secret in ["my-secret-key", "123456"] { #expect(data.range(of: Data(secret.utf8)) == nil) }
        }
    }
}
