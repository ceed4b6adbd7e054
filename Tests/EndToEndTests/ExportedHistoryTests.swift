import Foundation
import TestSupport
import Testing

@testable import Core

/// A long history as a file, through a web server.
@Suite struct ExportedHistoryTests {
    private static let rows = 50_000
    private static let sample = SampleConfiguration(top: "threads: 2")

    /// Stores executions: ann starts one of ten, and bob the others. ann may not see those of `deploy`.
    private static func fill(_ installation: Installation) async throws {
        let script = """
            import sqlite3, uuid
            db = sqlite3.connect("\(installation.storage)/remotisan.sqlite", timeout=10)
            db.executemany(
                "INSERT INTO remotisan_executions (job_uuid, server_uuid, user_identifier, command, parameters, executed_at,"
                " finished_at, process_status, exit_code) VALUES (?, 's', ?, ?, ?, ?, ?, 2, 0)",
                ((str(uuid.uuid4()), "ann" if n % 10 == 0 else "bob", "deploy" if n % 2 else "greet", f'n "{n}"',
                  1700000000 + n // 3, 1700000000 + n) for n in range(\(rows))))
            db.commit()
            """
        let program = try installation.spawn(["/usr/bin/python3", "-c", script], output: "fill.log")
        try #require(try await program.ended() == .code(0))
    }

    private static func export(_ visitor: Visitor, _ query: String) async throws -> HTTPReply {
        let reply = try await visitor.get("/history/export?\(query)")
        try #require(reply.status == 200, "\(reply.text.prefix(500))")
        return reply
    }

    private struct Line: Decodable {
        let job_uuid: String
        let user_identifier: String
        let command: String
        let executed_at: Int64
    }

    private static func lines(_ reply: HTTPReply) throws -> [Line] {
        try reply.body.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(Line.self, from: Data($0)) }
    }

    @Test func `everybody gets the rows that they may see, each once and in order`() async throws {
        try await Installation.run(.nginx, Self.sample) { installation in
            try await Self.fill(installation)
            let carol = try await installation.person("carol")
            let all = try Self.lines(try await Self.export(carol, "format=jsonl"))
            #expect(all.count == Self.rows)
            #expect(Set(all.map(\.job_uuid)).count == Self.rows)
            #expect(all.map(\.executed_at) == all.map(\.executed_at).sorted(by: >))

            let csv = try await Self.export(carol, "format=csv&sort=duration&direction=asc")
            #expect(csv.header("content-disposition")?.hasPrefix("attachment; filename=\"history-") == true)
            #expect(csv.body.count { $0 == UInt8(ascii: "\n") } == Self.rows + 1)

            // ann may see `greet`, and her own executions of `deploy`, of which there are none.
            let ann = try await installation.person("ann")
            let own = try Self.lines(try await Self.export(ann, "format=jsonl&direction=asc"))
            #expect(own.count == Self.rows / 2)
            #expect(own.allSatisfy { $0.user_identifier == "ann" || $0.command == "greet" })
            #expect(own.map(\.executed_at) == own.map(\.executed_at).sorted())
            let filtered = try Self.lines(try await Self.export(ann, "format=jsonl&user=bob&command=n%20%2277"))
            let page = try await ann.get("/history?user=bob&command=n%20%2277").json(History.self)
            #expect(filtered.count == page.total && page.total > 20)
            let dave = try await installation.person("dave")
            #expect(try await Self.export(dave, "format=jsonl").body.isEmpty)
        }
    }

    /// The responder has two threads.
    @Test(arguments: [WebServer.nginx, .apacheProxy])
    func `files that are read slowly keep nobody waiting`(_ web: WebServer) async throws {
        try await Installation.run(web, Self.sample) { installation in
            try await Self.fill(installation)
            let carol = try await installation.person("carol")
            let request = HTTPRequest(target: "/remotisan/history/export?format=csv", headers: carol.headers).bytes
            let port = installation.port
            let slow = try await inThread {
                let connections = try (1...6).map { _ in try Connection(port: port, receiveBuffer: 4096) }
                for connection in connections { connection.send(request) }
                for connection in connections {
                    try #require(try connection.receive(12) == Array("HTTP/1.1 200".utf8))
                }
                return connections
            }
            for _ in 1...12 { #expect(try await carol.get("/history").status == 200) }
            // A client that reads on gets the whole file, and one that goes away disturbs nobody.
            let rest = try await inThread { [last = try #require(slow.last)] in try last.receiveToEnd() }
            let reply = try #require(HTTPReply(Array("HTTP/1.1 200".utf8) + rest))
            #expect(reply.body.count { $0 == UInt8(ascii: "\n") } == Self.rows + 1)
        }
    }
}
