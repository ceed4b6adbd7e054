import Core
import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import Web

struct SearchEndpointTests {
    private struct Answer: Decodable {
        let match: Int?
        let line: Int?
        let count: Int
        let next: Int?
        let size: Int
    }

    private static func get(_ query: String) throws -> Response {
        let site = try TestSite()
        let job = try site.insert(log: "one\ntwo ONE\nthree\n", settled: .sample())
        let response = site.get("/execute/\(job)/search?\(query)")
        return Response(response.status, headers: response.headers, body: .bytes(try response.bytes))
    }

    @Test(arguments: [
        ("q=one&count=1", 0, 0, 2), ("q=one&from=1", 8, 4, 1), ("q=one&case=1&count=1", 0, 0, 1),
        ("q=ONE&direction=backward", 8, 4, 2), ("q=ONE&direction=backward&from=7", 0, 0, 1),
    ])
    func `a search is answered with the first match, its line and a count`(
        _ query: String, _ match: Int, _ line: Int, _ count: Int
    ) throws {
        let answer = try JSONDecoder().decode(Answer.self, from: Data(try Self.get(query).bytes))
        #expect(answer.match == match)
        #expect(answer.line == line)
        #expect(answer.count == count)
        #expect(answer.size == 18)
    }

    @Test(arguments: [
        "", "q=", "q=a%0Ab", "q=x&direction=up", "q=x&from=-1", "q=x&to=y", "q=x&mode=glob",
        "q=(&mode=regex", "mode=regex", "mode=errors&direction=backward", "mode=lines", "mode=lines&q=0",
        "mode=lines&q=1&direction=backward",
    ])
    func `an invalid query is refused`(_ query: String) throws {
        #expect(try Self.get(query).status == .unprocessableContent)
    }

    @Test(arguments: [
        ("q=^t.o&mode=regex&count=1", 4, 4, 1), ("q=ONE$&mode=regex&case=1", 8, 4, 1), ("mode=lines&q=2", 12, 12, 2),
        ("q=%5C%20o&mode=regex&direction=backward", 7, 4, 1),
    ])
    func `a mode searches for regular expressions or lines`(
        _ query: String, _ match: Int, _ line: Int, _ count: Int
    ) throws {
        let answer = try JSONDecoder().decode(Answer.self, from: Data(try Self.get(query).bytes))
        #expect(answer.match == match)
        #expect(answer.line == line)
        #expect(answer.count == count)
    }

    @Test func `lines are counted up to a byte, and errors are found`() throws {
        let lines = try JSONDecoder().decode(Answer.self, from: Data(try Self.get("mode=lines&count=1&to=12").bytes))
        #expect(lines.count == 2)
        #expect(lines.match == nil)
        let errors = try JSONDecoder().decode(Answer.self, from: Data(try Self.get("mode=errors").bytes))
        #expect(errors.count == 0)
        #expect(errors.next == nil)
    }

    @Test func `an unknown execution is not found`() throws {
        let response = try TestSite().get("/execute/00000000-0000-4000-8000-000000000000/search?q=x")
        #expect(response.status == .notFound)
    }
}
