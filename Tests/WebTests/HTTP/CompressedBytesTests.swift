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

    @Test(arguments: ContentCoding.allCases)
    func `zstd and gzip read their forms`(_ coding: ContentCoding) throws {
        let directory = try TemporaryDirectory()
        let response = try Self.response(CompressedBytes(Self.long), accepting: "br, \(coding.rawValue)")
        #expect(response.headers[.contentEncoding] == coding.rawValue)
        #expect(response.headers[.vary] == "Accept-Encoding")
        #expect(try response.bytes.count < Self.long.count / 10)
        let file = directory.path + "/text." + (coding == .zstd ? "zst" : "gz")
        try Data(try response.bytes).write(to: URL(fileURLWithPath: file))
        let reader = TestProcess()
        reader.executableURL = URL(fileURLWithPath: coding == .zstd ? "/usr/bin/zstd" : "/bin/gzip")
        reader.arguments = ["-dc", file]
        #expect(Array(try reader.runToEnd().utf8) == Self.long)
    }

    @Test(arguments: [
        ("gzip, deflate, br, zstd", "zstd"), ("zstd;q=0.5, gzip", "gzip"), ("zstd;q=0, gzip", "gzip"),
        ("zstd", "zstd"), ("ZSTD;q=0.2, gzip;q=0.1", "zstd"), ("gzip;q=0, zstd;q=0.001", "zstd"),
    ])
    func `the form that the client prefers is sent`(_ field: String, _ coding: String) throws {
        let response = try Self.response(CompressedBytes(Self.long), accepting: field)
        #expect(response.headers[.contentEncoding] == coding)
    }

    @Test(arguments: [
        (nil, false), ("", false), ("br", false), ("gzip", true), ("GZip;q=1.0, br", true), ("gzip;q=0", false),
        ("gzip;q=0.0, *", false), ("*", true), ("*;q=0", false), ("*;q=0, gzip", true), ("identity, x-gzip", true),
        ("gzip;q=x", true),
    ])
    func `only clients that take gzip get it`(_ coding: String?, _ isCompressed: Bool) throws {
        let response = try Self.response(CompressedBytes(Self.long), accepting: coding)
        #expect((response.headers[.contentEncoding] == "gzip") == isCompressed)
        #expect((try response.bytes == Self.long) == !isCompressed)
        #expect(response.headers[.vary] == "Accept-Encoding")
    }

    @Test func `each form has a tag of its own, and either shows that the client is current`() throws {
        let content = CompressedBytes(Self.long)
        let tags = try [nil, "gzip", "zstd"].map { try Self.response(content, accepting: $0).headers[.eTag] }
        #expect(tags == ["\"a\"", "\"a-gzip\"", "\"a-zstd\""])
        for tag in tags {
            #expect(try Self.response(content, accepting: "gzip", known: tag).status == .notModified)
            #expect(try Self.response(content, known: tag).status == .notModified)
        }
        #expect(try Self.response(content, known: "\"b\"").status == .ok)
    }

    @Test func `short answers, and those of a process for one request, are not compressed`() throws {
        for content in [CompressedBytes(Array("short".utf8)), CompressedBytes(Self.long, isCompressed: false)] {
            let response = try Self.response(content, accepting: "gzip, zstd")
            #expect(response.headers[.contentEncoding] == nil && response.headers[.vary] == nil)
            #expect(try response.bytes == content.bytes)
        }
    }
}
