import HTTPTypes
import TestSupport
import Testing

@testable import Web

/// Random bytes from a client are read, or refused with a status.
@Suite struct FuzzTests {
    @Test func `queries are decoded or 400`() throws {
        try Corpus("query").feed { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            do throws(HTTPError) {
                let query = try Query(text[...])
                #expect(query["page"]?.utf8.contains(0) != true)
            } catch {
                #expect(error.status == .badRequest)
            }
        }
    }

    @Test func `bodies are answered with 200 or a client error`() throws {
        let site = try TestSite()
        // This route reads the body as POST /execute does, but starts nothing.
        try Corpus("json-body").feed { bytes in
            let variables = CGIVariables([
                ("REQUEST_METHOD", "POST"), ("REQUEST_URI", "/remotisan/check"), ("CONTENT_TYPE", "application/json"),
                ("CONTENT_LENGTH", "\(bytes.count)"), ("REMOTISAN_USER", "ann@lab"),
                ("HTTP_X_CSRF_TOKEN", site.token(for: "ann@lab")),
            ])
            let status = site.responder.respond(variables) { _ in bytes }.status
            #expect([.ok, .badRequest, .unprocessableContent].contains(status), "\(status): \(bytes)")
        }
    }
}
