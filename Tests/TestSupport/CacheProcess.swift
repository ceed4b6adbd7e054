import Foundation
import Glibc
import Synchronization

/// A real Redis or memcached server on a Unix socket in a temporary directory. It is killed with the last reference.
package final class CacheProcess: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case redis
        case memcached
    }

    package let kind: Kind
    /// Path of its Unix socket, unless it listens on a port.
    package let socket: String
    private let port: UInt16?
    private let directory: TemporaryDirectory
    private let arguments: [String]
    private let running = Mutex<TestProcess?>(nil)

    /// Starts a server.
    ///
    /// - Parameters:
    ///   - kind: Redis or memcached.
    ///   - port: Its port on the loopback address; nil for the socket.
    ///   - options: Further arguments of the server.
    package init(_ kind: Kind, port: UInt16? = nil, _ options: [String] = []) throws {
        self.kind = kind
        self.port = port
        directory = try TemporaryDirectory()
        socket = directory.path + "/\(kind.rawValue).sock"
        switch kind {
        case .redis:
            arguments =
                [
                    "/usr/bin/redis-server", "--port", "\(port ?? 0)", "--bind", "127.0.0.1", "--unixsocket", socket,
                    "--unixsocketperm", "777", "--save",
                    "", "--appendonly", "no", "--dir", directory.path, "--logfile", directory.path + "/redis.log",
                ] + options
        case .memcached:
            let user = geteuid() == 0 ? ["-u", "root"] : []
            let listening = port.map { ["-l", "127.0.0.1", "-p", "\($0)"] } ?? ["-s", socket, "-a", "0777"]
            arguments = ["/usr/bin/memcached", "-m", "8"] + listening + user + options
        }
        try start()
    }

    deinit {
        stop()
    }

    /// The value of `kill_list` for this server.
    package var address: String { "\(kind.rawValue)+unix://\(socket)" }

    /// Starts the server without data, and returns when it listens.
    package func start() throws {
        unlink(socket)
        let process = TestProcess()
        process.executableURL = URL(fileURLWithPath: arguments[0])
        process.arguments = Array(arguments.dropFirst())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        running.withLock { $0 = process }
        for _ in 0..<3000 where !isListening {
            guard process.isRunning else { break }
            usleep(10_000)
        }
        guard isListening else { throw CacheProcessError.notListening(arguments.joined(separator: " ")) }
    }

    /// Kills the server, and returns when it has exited.
    package func stop() {
        let process = running.withLock { running in
            defer { running = nil }
            return running
        }
        guard let process else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Stops the server with its connections open, and returns when all its threads are stopped.
    package func hang() {
        guard let pid = signal(SIGSTOP) else { return }
        while !Self.states(of: pid).allSatisfy({ $0 == "T" }) { usleep(1000) }
    }

    /// Continues the server after ``hang()``.
    package func goOn() {
        _ = signal(SIGCONT)
    }

    private func signal(_ number: Int32) -> pid_t? {
        running.withLock { running in
            guard let pid = running?.processIdentifier, kill(pid, number) == 0 else { return nil }
            return pid
        }
    }

    /// The state of each thread, proc(5).
    private static func states(of pid: pid_t) -> [Character] {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
        return threads.compactMap { thread in
            let stat = try? String(contentsOfFile: "/proc/\(pid)/task/\(thread)/stat", encoding: .utf8)
            return stat?.split(separator: ") ").last?.first
        }
    }

    /// Removes all data.
    package func empty() throws {
        let expected = kind == .redis ? "+OK" : "OK"
        let reply = exchange(kind == .redis ? "FLUSHALL\r\n" : "flush_all\r\n")
        guard reply?.hasPrefix(expected) ?? false else { throw CacheProcessError.notListening(reply ?? "nothing") }
    }

    /// Sends lines and returns the beginning of the answer.
    ///
    /// - Throws: ``CacheProcessError`` if there is none.
    @discardableResult
    package func send(_ lines: String...) throws -> String {
        let text = lines.map { $0 + "\r\n" }.joined()
        guard let reply = exchange(text) else { throw CacheProcessError.notListening(lines.first ?? "") }
        return reply
    }

    /// Fills memcached with items of the size of a kill list, so that it evicts all others. With `-M` it refuses further
    /// items instead.
    package func fill() throws {
        let value = String(repeating: "x", count: 37)
        for batch in 0..<60 {
            let items = (0..<2000).map { "set filling:\(batch):\($0):0123456789 0 0 37 noreply\r\n\(value)\r\n" }
            // The answer to the last line shows that all were read.
            try send(items.joined() + "version")
        }
    }

    private var isListening: Bool { exchange(nil) != nil }

    /// Connects, sends a line and receives the answer; nil if nothing listens.
    private func exchange(_ line: String?) -> String? {
        let number = Glibc.socket(port == nil ? AF_UNIX : AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard number >= 0 else { return nil }
        defer { close(number) }
        guard (port.map { Self.connect(number, to: $0) } ?? Self.connect(number, to: socket)) == 0 else { return nil }
        guard let line else { return "" }
        var timeout = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        _ = Glibc.send(number, line, line.utf8.count, Int32(MSG_NOSIGNAL))
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = recv(number, &buffer, buffer.count, 0)
        return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : nil
    }

    private static func connect(_ number: Int32, to path: String) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return connect(number, address)
    }

    private static func connect(_ number: Int32, to port: UInt16) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        return connect(number, address)
    }

    private static func connect<Address>(_ number: Int32, _ address: Address) -> Int32 {
        withUnsafeBytes(of: address) { bytes in
            guard let base = bytes.baseAddress else { return -1 }
            return Glibc.connect(
                number, base.assumingMemoryBound(to: sockaddr.self), socklen_t(MemoryLayout<Address>.size))
        }
    }
}

package enum CacheProcessError: Error {
    /// The server does not listen. The text is its command line or answer.
    case notListening(String)
}
