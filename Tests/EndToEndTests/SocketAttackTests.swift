import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// A peer that may connect to the responder's socket sends anything. The responder answers others and never ends.
@Suite struct SocketAttackTests {
    private static func header(_ type: UInt8, id: UInt16 = 1, length: UInt16, padding: UInt8 = 0) -> [UInt8] {
        [1, type, UInt8(id >> 8), UInt8(id & 0xFF), UInt8(length >> 8), UInt8(length & 0xFF), padding, 0]
    }

    private static let begin = header(1, length: 8) + [0, 1, 0, 0, 0, 0, 0, 0]

    /// Records with lengths that make no sense. libfcgi ends the process for some of them.
    private static let absurd: [[UInt8]] = [
        [], [1], header(1, length: 0), header(1, length: 8) + [0], header(4, length: 65_535, padding: 255),
        begin + header(4, length: 8) + [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF] + header(4, length: 0),
        begin + header(4, length: 8) + [0x80, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF] + header(4, length: 0),
        begin + header(4, length: 9) + [0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 1] + header(4, length: 0),
        begin + header(5, length: 4) + [1, 2, 3, 4], begin + begin, header(9, id: 0, length: 65_535),
        header(9, id: 0, length: 8) + [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], header(255, length: 0),
        Array("GET / HTTP/1.1\r\n\r\n".utf8), [UInt8](repeating: 0xFF, count: 100_000),
        begin + [UInt8](repeating: 0, count: 100_000),
    ]

    /// Sends bytes and reads what comes until the responder closes, or nothing comes for a moment.
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
        var buffer = [UInt8](repeating: 0, count: 4096)
        while recv(socket, &buffer, buffer.count, 0) > 0 {}
    }

    @Test func `absurd and mutated records end no responder and keep nobody waiting`() async throws {
        try await Installation.run(.nginx, SampleConfiguration(top: "threads: 2")) { installation in
            let ann = try await installation.person("ann")
            let before = installation.responder?.pid
            let path = installation.socket
            let count = try await inThread {
                for bytes in Self.absurd { try Self.send(bytes, to: path) }
                return try Corpus("fastcgi-records").feed { try Self.send($0, to: path) }
            }
            #expect(count > 300)
            AttackTable.add(count + Self.absurd.count, in: "SocketAttackTests")
            #expect(try await ann.get("/commands").status == 200)
            #expect(installation.responder?.pid == before)
            #expect(installation.responder?.ending == nil)
        }
    }

    @Test func `silent peers keep nobody waiting`() async throws {
        try await Installation.run(.nginx, SampleConfiguration(top: "threads: 2")) { installation in
            let ann = try await installation.person("ann")
            let silent = (1...50).compactMap { _ in UnixSocket.connected(to: installation.socket) }
            let stopped = (1...50).compactMap { _ in UnixSocket.connected(to: installation.socket) }
            defer { for socket in silent + stopped { close(socket) } }
            #expect(silent.count + stopped.count == 100)
            for socket in stopped {
                #expect(
                    Self.begin.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, 0) } == Self.begin.count)
            }
            for _ in 1...20 { #expect(try await ann.get("/commands").status == 200) }
            // They are all still connected, so nobody has waited for their end.
            for socket in silent + stopped {
                var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
                #expect(poll(&waiting, 1, 0) == 0)
            }
        }
    }
}
