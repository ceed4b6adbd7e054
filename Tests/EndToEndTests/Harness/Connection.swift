import Foundation
import Glibc
import Synchronization
import Testing

@testable import Core

/// A connection to a server on this machine. Its calls block, so use it in `inThread`.
final class Connection: Sendable {
    private let socket: Int32

    /// Connects to a TCP port.
    ///
    /// - Parameter receiveBuffer: Size of the kernel's receive buffer in bytes; nil for the default.
    init(port: UInt16, receiveBuffer: Int32? = nil) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw SystemError("socket", "\(port)") }
        if var receiveBuffer {
            setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw SystemError("connect", "port \(port)") }
        var timeout = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        close(socket)
    }

    /// Sends all bytes, or as many as the other side accepts.
    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            // A server that refuses a body may close the connection before it has read it.
            if sent <= 0 { return }
            rest = rest.dropFirst(sent)
        }
    }

    /// Whether the other side has sent something, or has closed the connection.
    var hasInput: Bool {
        var waiting = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) > 0
    }

    /// Reads at most a number of bytes. The result is empty at the end.
    func receive(_ count: Int) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let got = recv(socket, &buffer, count, 0)
        if got < 0, errno == ECONNRESET { return [] }
        guard got >= 0 else { throw SystemError("recv", "a server's answer") }
        return Array(buffer.prefix(got))
    }

    /// Reads until the other side closes the connection.
    func receiveToEnd() throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let more = try receive(1 << 16)
            if more.isEmpty { return all }
            all += more
        }
    }
}

extension HTTPRequest {
    /// Sends the request to a server on this machine and reads the response.
    func sent(to port: UInt16) async throws -> HTTPReply {
        let answer = try await inThread {
            let connection = try Connection(port: port)
            connection.send(bytes)
            return try connection.receiveToEnd()
        }
        return try #require(
            HTTPReply(answer), "no whole answer: \(String(decoding: answer.prefix(500), as: UTF8.self))")
    }
}

/// Runs a blocking call on its own thread, so that it does not delay other tests.
func inThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
    }
}

/// Free ports. Each is given to one server of this run.
enum Ports {
    private static let next = Mutex<UInt16>(.random(in: 20000...29000))

    static func take() -> UInt16 {
        next.withLock { next in
            repeat { next = next >= 30000 ? 20000 : next + 1 } while (try? Connection(port: next)) != nil
            return next
        }
    }
}
