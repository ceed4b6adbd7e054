import Core
import HTTPTypes
import TestSupport
import Testing

@testable import Web

struct RequestBodyTests {
    private static func body(of count: Int) -> String {
        let start = #"{"command":"no:such","params":""#
        return start + String(repeating: "x", count: count - start.utf8.count - 2) + "\"}"
    }

    @Test func `a body of 64 KiB is read, and one byte more is 413`() throws {
        let site = try TestSite()
        #expect(site.post("/execute", Self.body(of: Limits.body)).status == .badRequest)
        #expect(site.post("/execute", Self.body(of: Limits.body + 1)).status == .contentTooLarge)
    }

    @Test(arguments: [
        ["CONTENT_LENGTH": ""], ["HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": "abc"],
        ["CONTENT_LENGTH": "-5"],
    ])
    func `a body without a valid Content-Length is counted`(_ more: [String: String]) throws {
        let site = try TestSite()
        #expect(site.post("/execute", Self.body(of: 200), with: more).status == .badRequest)
        #expect(site.post("/execute", Self.body(of: Limits.body + 1), with: more).status == .contentTooLarge)
    }

    @Test func `a body whose Content-Length is too long is not read`() throws {
        let site = try TestSite()
        let variables = CGIVariables([
            ("REQUEST_METHOD", "POST"), ("REQUEST_URI", "/remotisan/execute"), ("CONTENT_TYPE", "application/json"),
            ("CONTENT_LENGTH", "99999999"), ("REMOTISAN_USER", "ann@lab"),
            ("HTTP_X_CSRF_TOKEN", site.token(for: "ann@lab")),
        ])
        let response = site.responder.respond(variables) { _ in
            Issue.record("The body was read.")
            return []
        }
        #expect(response.status == .contentTooLarge)
    }

    @Test func `the body of a refused request is not read`() throws {
        let site = try TestSite()
        let variables = CGIVariables([("REQUEST_METHOD", "POST"), ("REQUEST_URI", "/remotisan/execute")])
        let response = site.responder.respond(variables) { _ in
            Issue.record("The body was read.")
            return []
        }
        #expect(response.status == .unauthorized)
    }

    @Test func `an address above the limit is 414`() throws {
        let site = try TestSite()
        let room = Limits.requestTarget - "/remotisan/history?ignored=".utf8.count
        #expect(site.get("/history?ignored=" + String(repeating: "x", count: room)).status == .ok)
        #expect(site.get("/history?ignored=" + String(repeating: "x", count: room + 1)).status == .uriTooLong)
    }

    @Test(arguments: HistoryFilters.names) func `a long filter of the history is 422`(_ name: String) throws {
        let long = String(repeating: "1", count: HistoryFilters.lengthLimit + 1)
        let reply = try TestSite().get("/history?\(name)=\(long)")
        #expect(reply.status == .unprocessableContent)
        #expect(try reply.text.contains("longer than"))
    }

    @Test(arguments: [String.Encoding.utf16LittleEndian, .utf16BigEndian, .utf32LittleEndian, .utf32BigEndian, .utf16])
    func `a body in another encoding than UTF-8 is 400`(_ encoding: String.Encoding) throws {
        let site = try TestSite()
        let bytes = Array(try #require(#"{"command":"no:such"}"#.data(using: encoding)))
        let variables = CGIVariables([
            ("REQUEST_METHOD", "POST"), ("REQUEST_URI", "/remotisan/execute"), ("CONTENT_TYPE", "application/json"),
            ("REMOTISAN_USER", "ann@lab"), ("HTTP_X_CSRF_TOKEN", site.token(for: "ann@lab")),
        ])
        let response = site.responder.respond(variables) { _ in bytes }
        #expect(response.status == .badRequest)
        #expect(try response.text.contains("UTF-8"))
    }

    @Test func `a body with too many values is 413 before it is decoded`() throws {
        let site = try TestSite()
        for values in [
            String(repeating: "1,", count: Limits.jsonValues), String(repeating: "[],", count: Limits.jsonValues),
        ] {
            let body = #"{"command":"all:x","arguments":{"a":[\#(values)1]}}"#
            #expect(site.post("/execute", body).status == .contentTooLarge)
        }
        // Commas in a text are no values.
        let text = String(repeating: ",", count: Limits.jsonValues + 1)
        #expect(site.post("/execute", #"{"command":"no:such","params":"\#(text)"}"#).status == .badRequest)
    }

    @Test func `a deeply nested body is not decoded`() throws {
        // Decoding it would take about a second for every few kilobytes.
        let site = try TestSite()
        let nested = String(repeating: "[", count: 400) + String(repeating: "1,", count: 9000) + "1"
        let body = #"{"command":"all:x","params":"# + nested + String(repeating: "]", count: 400) + "}"
        #expect(site.post("/execute", body).status == .unprocessableContent)
        #expect(site.post("/execute", #"{"command":"no:such","params":"[[[[[[[[[[\"[["}"#).status == .badRequest)
    }

    @Test func `a body shorter than its Content-Length is 400`() throws {
        let site = try TestSite()
        #expect(site.post("/execute", #"{"command":"no:such"}"#, with: ["CONTENT_LENGTH": "500"]).status == .badRequest)
    }
}
