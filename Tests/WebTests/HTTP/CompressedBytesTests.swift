import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import Web

struct CompressedBytesTests {
    private static let long = Array(String(repeating: "one line like the other\n", count: 500).utf8)

    private static func response(
        _ content: CompressedBytes, accepting coding: String? = nil, known: String? = nil
    ) throws -> Response {
        var variables = [("REQUEST_URI", "/remotisan/commands")]
        if let coding { variables.append(("HTTP_ACCEPT_ENCODING", coding)) }
        if let known { variables.append(("HTTP_IF_NONE_MATCH", known)) }
        return content.response(
            to: try Request(variables: CGIVariables(variables), url: ["remotisan"]), tag: "\"a\"", type: "text/plain",
            cacheControl: "no-cache")
    }

    @Test func `the gzip form is what gunzip reads`() throws {
        let directory = try TemporaryDirectory()
        let response = try Self.response(CompressedBytes(Self.long), accepting: "br, gzip")
        #expect(response.headers[.contentEncoding] == "gzip")
        #expect(response.headers[.vary] == "Accept-Encoding")
        #expect(try response.bytes.count < Self.long.count / 10)
        try Data(try response.bytes).write(to: URL(fileURLWithPath: directory.path + "/text.gz"))
        let gunzip = TestProcess()
        gunzip.executableURL = URL(fileURLWithPath: "/bin/gunzip")
        gunzip.arguments = ["-c", directory.path + "/text.gz"]
        #expect(Array(try gunzip.runToEnd().utf8) == Self.long)
    }

    @Test(arguments: [
        (nil, false), ("", false), ("br", false), ("gzip", true), ("GZip;q=1.0, br", true), ("gzip;q=0", false),
        ("gzip;q=0.0, *", false), ("*", true), ("*;q=0", false), ("*;q=0, gzip", true), ("identity, x-gzip", true),
    ])
    func `only clients that take gzip get it`(_ coding: String?, _ isCompressed: Bool) throws {
        let response = try Self.response(CompressedBytes(Self.long), accepting: coding)
        #expect((response.headers[.contentEncoding] == "gzip") == isCompressed)
        #expect((try response.bytes == Self.long) == !isCompressed)
        #expect(response.headers[.vary] == "Accept-Encoding")
    }

    @Test func `each form has a tag of its own, and either shows that the client is current`() throws {
        let content = CompressedBytes(Self.long)
        let tags = try [nil, "gzip"].map { try Self.response(content, accepting: $0).headers[.eTag] }
        #expect(tags == ["\"a\"", "\"a-gzip\""])
        for tag in tags {
            #expect(try Self.response(content, accepting: "gzip", known: tag).status == .notModified)
            #expect(try Self.response(content, known: tag).status == .notModified)
        }
        #expect(try Self.response(content, known: "\"b\"").status == .ok)
    }

    @Test func `short answers, and those of a process for one request, are not compressed`() throws {
        for content in [CompressedBytes(Array("short".utf8)), CompressedBytes(Self.long, isCompressed: false)] {
            let response = try Self.response(content, accepting: "gzip")
            #expect(response.headers[.contentEncoding] == nil && response.headers[.vary] == nil)
            #expect(try response.bytes == content.bytes)
        }
    }
}
