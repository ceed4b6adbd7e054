import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// Hostile requests leave no memory behind in the responder.
@Suite struct AttackMemoryTests {
    private static let requests = 10_000
    /// Maximum growth in KiB.
    private static let growth = 8 * 1024

    private static func record(_ type: UInt8, _ content: [UInt8] = []) -> [UInt8] {
        [1, type, 0, 1, UInt8(content.count >> 8), UInt8(content.count & 0xFF), 0, 0] + content
    }

    private static func length(_ text: String) -> [UInt8] {
        let count = text.utf8.count
        return count < 128
            ? [UInt8(count)] : [UInt8(count >> 24 | 0x80)] + [16, 8, 0].map { UInt8(count >> $0 & 0xFF) }
    }

    private static func variable(_ name: String, _ value: String) -> [UInt8] {
        length(name) + length(value) + Array(name.utf8) + Array(value.utf8)
    }

    /// The first records of a request. Without an end its web server has gone away.
    private static func head(_ variables: [(String, String)]) -> [UInt8] {
        let all = variables.flatMap { variable($0.0, $0.1) }
        let parts = stride(from: 0, to: all.count, by: 65_000).flatMap { start in
            record(4, Array(all[start..<min(start + 65_000, all.count)]))
        }
        return record(1, [0, 1, 0, 0, 0, 0, 0, 0]) + parts + record(4)
    }

    private static func variables(_ method: String, _ path: String, _ more: [(String, String)]) -> [(String, String)] {
        [
            ("REQUEST_METHOD", method), ("REQUEST_URI", path), ("SCRIPT_NAME", ""), ("SERVER_NAME", "localhost"),
            ("SERVER_PORT", "80"), ("REMOTE_ADDR", "192.0.2.1"), ("SERVER_PROTOCOL", "HTTP/1.1"),
        ] + more
    }

    /// Request number `number`. Each differs from the others, so that whatever is remembered by its text grows.
    private static func attack(_ number: Int) -> [UInt8] {
        let json = ("CONTENT_TYPE", "application/json")
        let body = String(repeating: "{\"command\":", count: 2000)
        switch number % 8 {
        case 0:
            return head(variables("GET", "/remotisan/commands", [("HTTP_AUTHORIZATION", "Bearer rms_\(number)")]))
                + record(5)
        case 1:
            let token = "eyJhbGciOiJIUzI1NiJ9.\(Data("{\"sub\":\"\(number)\"}".utf8).base64EncodedString()).x"
            return head(variables("GET", "/remotisan/history", [("HTTP_AUTHORIZATION", "Bearer \(token)")])) + record(5)
        case 2:
            // Near the limit of 64 KiB, or above it.
            let field = String(repeating: "v", count: number % 16 == 2 ? 64_000 : 66_000) + "\(number)"
            return head(variables("GET", "/remotisan/health", [("HTTP_X_\(number)", field)])) + record(5)
        case 3:
            // A body that never ends, of a person who may start commands.
            let person = [("REMOTISAN_USER", "ann"), json, ("CONTENT_LENGTH", "60000"), ("HTTP_X_CSRF_TOKEN", "x")]
            return head(variables("POST", "/remotisan/execute", person)) + record(5, Array(body.utf8))
        case 4:
            let stranger = [("HTTP_AUTHORIZATION", "Bearer \(number)"), json, ("CONTENT_LENGTH", "999999999")]
            return head(variables("POST", "/remotisan/execute", stranger)) + record(5, Array(body.utf8))
        case 5:
            // Lengths that exceed what follows.
            return record(1, [0, 1, 0, 0, 0, 0, 0, 0]) + record(4, [0xFF, 0xFF, 0xFF, UInt8(number & 0xFF), 1])
                + record(4)
        case 6:
            return [UInt8](repeating: UInt8(number & 0xFF), count: 20_000)
        default:
            let name = [("REMOTISAN_USER", "stranger\(number)"), ("HTTP_COOKIE", String(repeating: "c", count: 8000))]
            return head(variables("GET", "/remotisan/\(number)?command=\(number)&sort=x", name)) + record(5)
        }
    }

    /// Sends bytes, ends them, and reads to the end of the answer. The responder may close before it has read all.
    private static func send(_ bytes: [UInt8], to path: String) throws {
        let socket = try #require(UnixSocket.connected(to: path), "the responder does not listen any more")
        defer { close(socket) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if sent <= 0 { return }
            rest = rest.dropFirst(sent)
        }
        shutdown(socket, Int32(SHUT_WR))
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while recv(socket, &buffer, buffer.count, 0) > 0 {}
    }

    /// The proportional set size of the memory that a process has allocated, in KiB. That of its libraries depends on the
    /// other processes which have loaded them, such as the responders of other tests.
    private static func memory(of pid: pid_t) throws -> Int {
        let text = ProcessFacts.text("/proc/\(pid)/smaps_rollup")
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("Pss_Anon:") }, "\(text)")
        return try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    }

    @Test func `ten thousand hostile requests grow the responder by less than 8 MiB`() async throws {
        try await Installation.run(.nginx, SampleConfiguration(top: "threads: 2")) { installation in
            let responder = try #require(installation.responder)
            let path = installation.socket
            try await inThread { for number in 0..<800 { try Self.send(Self.attack(number), to: path) } }
            let before = try Self.memory(of: responder.pid)
            try await inThread {
                for number in 800..<800 + Self.requests { try Self.send(Self.attack(number), to: path) }
            }
            let after = try Self.memory(of: responder.pid)
            print("Hostile requests: own memory \(before) KiB before, \(after) KiB after.")
            #expect(after - before < Self.growth, "from \(before) KiB to \(after) KiB")
            #expect(try await installation.person("ann").get("/commands").status == 200)
            #expect(responder.ending == nil)
        }
        AttackTable.add(Self.requests, in: "AttackMemoryTests")
    }
}
