import Core
import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import Web

struct ExecuteEndpointTests {
    private static let invalid = "The given data was invalid."

    private static func job(_ response: Response) throws -> JobUUID {
        let id = try response.json["id"]?.text ?? ""
        return try #require(JobUUID(id))
    }

    @Test func `an allowed command runs with its parameters`() throws {
        let site = try TestSite()
        let response = site.post("/execute", #"{"command":"for:all","params":"one 'two  words' $HOME"}"#)
        #expect(response.status == .ok)
        let json = try response.json
        #expect(json.keys == ["id"])
        let job = try Self.job(response)
        try site.temporary.waitForEnd(of: job)
        let log = try String(contentsOfFile: site.temporary.files(job).log, encoding: .utf8)
        #expect(log == "one two  words $HOME\n")
        let row = try #require(try site.store.execution(job))
        #expect(row.userIdentifier == "ann@lab")
        #expect(row.command == "for:all")
        #expect(row.parameters == "one 'two  words' $HOME")
        #expect(row.serverUUID == site.storage.serverUUID)
    }

    @Test(arguments: [
        #"{"command":"for:all"}"#, #"{"command":"for:all","params":""}"#, #"{"command":"for:all","params":null}"#,
    ])
    func `empty or missing params start the command without parameters`(_ body: String) throws {
        let site = try TestSite()
        let response = site.post("/execute", body)
        #expect(response.status == .ok)
        let job = try Self.job(response)
        try site.temporary.waitForEnd(of: job)
        #expect(try site.store.execution(job)?.parameters == "")
        #expect(try String(contentsOfFile: site.temporary.files(job).log, encoding: .utf8) == "\n")
    }

    @Test(arguments: ["no:such", "only:b", "ONLY:A", " only:a", "<script>"])
    func `an unknown command and one of another role are not allowed`(_ name: String) throws {
        let site = try TestSite()
        let response = site.post("/execute", #"{"command":"\#(name)"}"#)
        #expect(response.status == .badRequest)
        #expect(
            try response.json
                == .object([
                    "message": .text("command '\(name)' not allowed"), "code": .text("start.notAllowed"),
                    "values": .object(["command": .text(name)]),
                ]))
        let refusals = try site.store.refusals(limit: 10)
        #expect(refusals.map(\.command) == [name])
        #expect(refusals.map(\.userIdentifier) == ["ann@lab"])
        #expect(try site.store.counts().isEmpty, "A refused attempt is not an execution.")
    }

    @Test func `params above the limit are refused, and params at the limit are not`() throws {
        let site = try TestSite()
        let long = site.post("/execute", #"{"command":"for:all","params":"\#(String(repeating: "é", count: 5001))"}"#)
        #expect(long.status == .badRequest)
        #expect(try long.message == "Parameters length exceeded 5000 chars")
        #expect(try site.store.refusals(limit: 1).first?.parameters.unicodeScalars.count == 1000)

        let fits = site.post("/execute", #"{"command":"for:all","params":"\#(String(repeating: "é", count: 5000))"}"#)
        #expect(fits.status == .ok)
        try site.temporary.waitForEnd(of: try Self.job(fits))
    }

    @Test(arguments: [
        "", "{", "null", "[]", "\"only:a\"", "{}", #"{"command":""}"#, #"{"command":null}"#,
        String(repeating: "[", count: 60_000), String(repeating: #"{"a":"#, count: 10_000),
    ])
    func `a missing command and malformed JSON are 422 in Laravel's form`(_ body: String) throws {
        let response = try TestSite().post("/execute", body)
        #expect(response.status == .unprocessableContent)
        #expect(
            try response.json
                == .object([
                    "message": .text(Self.invalid), "code": .text("input.invalid"),
                    "errors": .object(["command": .list([.text("The command field is required.")])]),
                ]))
    }

    @Test(arguments: ["7", "true", "[]", "{}", #"["only:a"]"#])
    func `command and params that are not strings are 422`(_ value: String) throws {
        let site = try TestSite()
        for (field, body) in [
            ("command", #"{"command":\#(value)}"#), ("params", #"{"command":"only:a","params":\#(value)}"#),
        ] {
            let response = site.post("/execute", body)
            #expect(response.status == .unprocessableContent)
            #expect(try response.message == Self.invalid)
            #expect(try response.json["errors"]?[field]?.list == [.text("The \(field) must be a string.")])
        }
        #expect(try site.store.counts().isEmpty)
    }

    @Test(arguments: ["'", "\"a", "a\\", "a\\u0000b"])
    func `a line that cannot be split is 422 and recorded as refused`(_ line: String) throws {
        let site = try TestSite()
        let escaped = line.contains("u0000") ? line : line.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let response = site.post("/execute", #"{"command":"for:all","params":"\#(escaped)"}"#)
        #expect(response.status == .unprocessableContent)
        #expect(try response.json["errors"]?.keys == ["params"])
        let json = try response.json
        let code = json["details"]?["params"]?.list.first?["code"]?.text
        #expect(code?.hasPrefix("line.") == true)
        #expect(try site.store.refusals(limit: 9).count == 1)
        #expect(try site.store.counts().isEmpty)
    }

    @Test
    func `a command that cannot be started is 500, and its row is FAILED with the reason`()
        throws
    {
        let site = try TestSite()
        let response = site.post("/execute", #"{"command":"missing"}"#)
        #expect(response.status == .internalServerError)
        let message = try #require(try response.message)
        #expect(message.contains("could not be started: No such file or directory."))
        #expect(!message.contains(site.storage.directory))
        let page = try site.store.history(HistoryQuery(visibility: .everything))
        let row = try #require(page.rows.first)
        #expect(row.status == .failed)
        #expect(row.ending.reason == message)
        let job = try #require(JobUUID(row.jobUUID))
        #expect(try String(contentsOfFile: site.temporary.files(job).log, encoding: .utf8) == message + "\n")
    }

    @Test func `max_running limits the running executions of a command`() throws {
        let site = try TestSite(
            Configuration.sampleText.replacing(
                "\"only:a\": { roles: [A]", with: "\"only:a\": { max_running: 1, roles: [A]"))
        let job = try site.insert()
        let response = site.post("/execute", #"{"command":"only:a"}"#)
        #expect(response.status == .conflict)
        #expect(try response.message == "only:a is already running (limit 1). Try again later.")
        #expect(try site.store.refusals(limit: 9).count == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: site.storage.jobs).isEmpty)
        _ = try site.store.settle(job, .sample())
        let second = site.post("/execute", #"{"command":"only:a"}"#)
        #expect(second.status == .ok)
        try site.temporary.waitForEnd(of: try Self.job(second))
    }

    @Test func `unknown fields, nested values and huge numbers are refused`() throws {
        let site = try TestSite()
        let response = site.post("/execute", #"{"command":"no:such","x":{"y":[1,2,{"z":null}]},"big":1e999}"#)
        #expect([HTTPResponse.Status.badRequest, .unprocessableContent].contains(response.status))
    }
}
