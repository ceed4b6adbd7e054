import Foundation
import TestSupport
import Testing

@testable import Core

/// A person with a browser, or a script with a token.
struct Visitor: Sendable {
    /// Port of the web server.
    let port: UInt16
    /// Header fields of every request.
    let headers: [(name: String, value: String)]
    /// The path of the page, without a slash at its end.
    let base: String

    /// A header field with a user name and the same text as password.
    static func basic(_ name: String) -> (name: String, value: String) {
        ("Authorization", "Basic " + Data("\(name):\(name)".utf8).base64EncodedString())
    }

    /// A header field with a session of the fixture's application: USER:GROUPS.
    static func session(_ value: String) -> (name: String, value: String) { ("Cookie", "session=\(value)") }

    init(port: UInt16, headers: [(name: String, value: String)], base: String = "/remotisan") {
        self.port = port
        self.headers = headers
        self.base = base
    }

    init(installation: Installation, headers: [(name: String, value: String)]) {
        self.init(port: installation.port, headers: headers, base: "/" + installation.url)
    }

    /// Loads the page and its CSRF token.
    init(port: UInt16, login: (name: String, value: String), base: String = "/remotisan") async throws {
        let page = try await Visitor(port: port, headers: [login], base: base).get("/")
        try #require(page.status == 200, "\(page.status) \(page.text.prefix(500))")
        let meta = try #require(page.text.firstMatch(of: #/name="csrf-token" content="([^"]+)"/#))
        self.init(port: port, headers: [login, ("X-CSRF-TOKEN", String(meta.1))], base: base)
    }

    func get(_ path: String, _ extra: [(name: String, value: String)] = []) async throws -> HTTPReply {
        try await HTTPRequest(target: base + path, headers: headers + extra).sent(to: port)
    }

    /// Posts JSON.
    func post(_ path: String, _ fields: [String: String]? = nil) async throws -> HTTPReply {
        try await post(path, json: try fields.map { try JSONEncoder().encode($0) } ?? Data("null".utf8))
    }

    /// Posts a text as JSON, even if it is not JSON.
    func post(_ path: String, json: Data) async throws -> HTTPReply {
        try await HTTPRequest(
            method: "POST", target: base + path, headers: headers + [("Content-Type", "application/json")],
            body: Array(json)
        ).sent(to: port)
    }

    /// Starts a command. The test fails if it was not started.
    func start(_ command: String, _ params: String = "") async throws -> JobUUID {
        let reply = try await post("/execute", ["command": command, "params": params])
        try #require(reply.status == 200, "\(reply.status) \(reply.text)")
        return try #require(JobUUID(try reply.json(Started.self).id))
    }

    /// Polls once by offset.
    func poll(_ uuid: JobUUID, from offset: Int64 = 0) async throws -> Poll {
        try await get("/execute/\(uuid)?offset=\(offset)").json(Poll.self)
    }

    /// Polls a job like the page, until it has ended and its log was read.
    func follow(_ uuid: JobUUID) async throws -> (text: String, last: Poll, slices: Int) {
        var text = ""
        var slices = 0
        var offset: Int64 = 0
        let last = try await waitFor("the end of \(uuid)", limit: .seconds(60)) { () -> Poll? in
            let poll = try await poll(uuid, from: offset)
            #expect(poll.offset == offset)
            text += poll.text
            offset = poll.next_offset
            slices += 1
            return poll.isEnded && poll.next_offset == poll.size ? poll : nil
        }
        return (text, last, slices)
    }

    /// Requests a kill.
    func kill(_ uuid: JobUUID) async throws -> HTTPReply { try await post("/kill/\(uuid)") }

    /// The row of a job in this person's history.
    func row(_ uuid: JobUUID) async throws -> Row {
        let page = try await get("/history?uuid=\(uuid)").json(History.self)
        return try #require(page.data.first, "no row of \(uuid)")
    }

    /// The row of a job when it is settled.
    func settled(_ uuid: JobUUID, limit: Duration = .seconds(30)) async throws -> Row {
        try await waitFor("the settling of \(uuid)", limit: limit) {
            let row = try await row(uuid)
            return row.status?.isEnded == false ? nil : row
        }
    }

    /// Waits until a job is settled, and returns its row.
    func expectEnd(of uuid: JobUUID, _ status: Status, exitCode: Int) async throws {
        let row = try await settled(uuid)
        #expect(row.status == status, "\(uuid)")
        #expect(row.exit_code == exitCode, "\(uuid)")
    }
}

/// The response to a start.
private struct Started: Decodable {
    let id: String
}

/// The response to a poll by offset.
struct Poll: Decodable, Sendable {
    let text: String
    let offset: Int64
    let next_offset: Int64
    let size: Int64
    let isEnded: Bool
    let status: Int
    let exit_code: Int?
    let retry_after_ms: Int
    let ahead: Int?
    let state: String?
}

/// A page of the history.
struct History: Decodable, Sendable {
    let data: [Row]
    let total: Int
    let last_page: Int
}

/// A row of the history, as far as the tests need it.
struct Row: Decodable, Sendable {
    let job_uuid: String
    let user_identifier: String
    let command: String
    let parameters: String
    let process_status: Int
    let executed_at: Int64?
    let finished_at: Int64?
    let killed_by: String?
    let exit_code: Int?
    let signal: String?
    let reason: String?
    let lost: Bool
    let timed_out: Bool
    let left_behind: Int?

    var status: Status? { Status(rawValue: process_status) }
}

extension Installation {
    /// A person known to the web server: ann (support), bob (devops), carol (both, and super user), dave (no group).
    func person(_ name: String) async throws -> Visitor {
        try await Visitor(port: port, login: Visitor.basic(name), base: "/" + url)
    }

    /// A person with a token.
    func bearer(_ token: String) -> Visitor {
        Visitor(installation: self, headers: [("Authorization", "Bearer \(token)")])
    }
}
