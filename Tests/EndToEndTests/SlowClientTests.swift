import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// Clients that send or read slowly occupy no thread of the responder.
@Suite struct SlowClientTests {
    /// More than the responder has threads.
    private static let clients = 12
    private static let sample = SampleConfiguration(
        top: "threads: 2",
        commands: ["big": "roles: [\"*\"], run: [/bin/sh, -c, \"yes 0123456789 | head -c 8000000\"]"])

    /// The bytes that the body of ``unfinished(_:)`` lacks. mod_proxy_fcgi asks the responder after the first 16 KiB.
    private static let missing = 20_000

    /// A request whose body does not arrive as a whole.
    private static func unfinished(_ headers: [(name: String, value: String)]) -> [UInt8] {
        let request = HTTPRequest(
            method: "POST", target: "/remotisan/execute", headers: headers + [("Content-Type", "application/json")],
            body: [UInt8](repeating: UInt8(ascii: " "), count: 60_000))
        return request.bytes.dropLast(missing)
    }

    @Test(arguments: [WebServer.nginx, .apacheProxy])
    func `bodies that arrive slowly keep nobody waiting`(_ web: WebServer) async throws {
        try await Installation.run(web, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("greet", "x")
            _ = try await ann.follow(uuid)
            let slow = try (1...Self.clients).map { _ in try Connection(port: installation.port) }
            for connection in slow { connection.send(Self.unfinished(ann.headers)) }
            for _ in 1...Self.clients {
                #expect(try await ann.poll(uuid).isEnded)
                #expect(try await ann.get("/health").status == 200)
            }
            #expect(slow.allSatisfy { !$0.hasInput }, "a slow request was answered before its body had arrived")

            // Each is answered when its body has arrived.
            let answers = try await inThread {
                try slow.map { connection in
                    connection.send([UInt8](repeating: UInt8(ascii: " "), count: Self.missing))
                    return HTTPReply(try connection.receiveToEnd())?.status
                }
            }
            #expect(answers.allSatisfy { $0 == 422 }, "\(answers)")
        }
    }

    @Test func `slow bodies of one person leave room for those of others`() async throws {
        let sample = SampleConfiguration(commands: [
            "upload": "roles: [\"*\"], run: [/bin/true], parameters: [{ name: data, type: file, max_bytes: 16MiB }]"
        ])
        try await Installation.run(.apacheProxy, sample) { installation in
            // With 16 MiB of a file, a body may have more than the share of a person. One is admitted nevertheless.
            func slow(_ name: String) async throws -> Connection {
                let person = try await installation.person(name)
                let connection = try Connection(port: installation.port)
                connection.send(Self.unfinished(person.headers))
                return connection
            }
            let first = try await slow("ann")
            let second = try await slow("ann")
            try await waitUntil("the refusal") {
                second.send([UInt8(ascii: " ")])
                return second.hasInput
            }
            let refusal = try await inThread { String(decoding: try second.receive(12), as: UTF8.self) }
            #expect(refusal == "HTTP/1.1 429")
            let other = try await slow("bob")
            for _ in 1...Self.clients { #expect(try await installation.person("carol").get("/health").status == 200) }
            #expect(!first.hasInput && !other.hasInput)
        }
    }

    /// nginx does not ask the responder before it has the whole body. Apache reads the answer after the next part of the
    /// body.
    @Test func `strangers are refused before their bodies have arrived`() async throws {
        try await Installation.run(.apacheProxy, Self.sample) { installation in
            let stranger = [(name: "Authorization", value: "Bearer x")]
            let slow = try (1...Self.clients).map { _ in try Connection(port: installation.port) }
            for connection in slow { connection.send(Self.unfinished(stranger)) }
            var sent = 0
            try await waitUntil("the answers") {
                for connection in slow where !connection.hasInput { connection.send([UInt8(ascii: " ")]) }
                sent += 1
                return slow.allSatisfy(\.hasInput)
            }
            #expect(sent < Self.missing, "the bodies had arrived")
            let answers = try await inThread { try slow.map { String(decoding: try $0.receive(12), as: UTF8.self) } }
            #expect(answers.allSatisfy { $0 == "HTTP/1.1 401" }, "\(answers)")
        }
    }

    /// Connections that have asked for a log of 8 MB and have read the first 12 bytes of the answer.
    private static func downloads(_ count: Int, by ann: Visitor, _ uuid: JobUUID) async throws -> [Connection] {
        let request = HTTPRequest(target: "/remotisan/execute/\(uuid)/log", headers: ann.headers).bytes
        return try await inThread {
            let connections = try (1...count).map { _ in try Connection(port: ann.port, receiveBuffer: 4096) }
            for connection in connections { connection.send(request) }
            for connection in connections {
                try #require(try connection.receive(12) == Array("HTTP/1.1 200".utf8))
            }
            return connections
        }
    }

    /// Reads the rest of a download. Returns the length of the log.
    private static func finish(_ connection: Connection) async throws -> Int? {
        let rest = try await inThread { try connection.receiveToEnd() }
        return HTTPReply(Array("HTTP/1.1 200".utf8) + rest)?.body.count
    }

    @Test(arguments: [WebServer.nginx, .apacheProxy])
    func `logs that are read slowly keep nobody waiting`(_ web: WebServer) async throws {
        try await Installation.run(web, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("big")
            _ = try await ann.settled(uuid)
            let slow = try await Self.downloads(Self.clients, by: ann, uuid)
            for _ in 1...Self.clients { #expect(try await ann.poll(uuid, from: 8_000_000).isEnded) }
            // A client that reads on gets the whole log.
            #expect(try await Self.finish(try #require(slow.last)) == 8_000_000)
        }
    }

    @Test func `a responder that ends sends what slow clients wait for`() async throws {
        try await Installation.run(.apacheProxy, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("big")
            _ = try await ann.settled(uuid)
            let slow = try #require(try await Self.downloads(1, by: ann, uuid).first)
            let responder = try #require(installation.responder)
            responder.signal(SIGTERM)
            try await waitUntil("the stop") { !FileManager.default.fileExists(atPath: installation.socket) }
            #expect(try await Self.finish(slow) == 8_000_000)
            #expect(try await responder.ended() == .code(0))
        }
    }
}
