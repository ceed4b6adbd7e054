import Foundation
import Glibc
import Synchronization

/// A proxy before a server's Unix socket. It simulates network failures. It runs until ``end()``.
package final class Forwarder: Sendable {
    package enum State: Sendable, Equatable {
        /// All bytes are forwarded.
        case open
        /// Nothing is forwarded or closed, as behind a switch without power. The kernel accepts new connections.
        case frozen
        /// All connections are closed and new ones are refused, as by a firewall with REJECT.
        case cut
    }

    /// The directory of the socket.
    package let directory: TemporaryDirectory
    /// The socket to which programs connect.
    package let socket: String
    private let target: String
    private let wanted = Mutex<State?>(.open)
    private let reached = Mutex<State?>(nil)
    private let wake = Pipe()

    /// - Parameters:
    ///   - target: The server's Unix socket.
    ///   - name: The name of the proxy's socket. libpq requires a certain name.
    package init(to target: String, as name: String) throws {
        directory = try TemporaryDirectory()
        chmod(directory.path, 0o755)
        socket = directory.path + "/" + name
        self.target = target
        Thread { [self] in run() }.start()
        settle(in: .open)
    }

    /// Changes the state, and returns when the change is effective.
    package func become(_ state: State) {
        wanted.withLock { $0 = state }
        settle(in: state)
    }

    /// Closes all connections, and returns when they are closed.
    package func end() {
        wanted.withLock { $0 = nil }
        settle(in: nil)
    }

    private func settle(in state: State?) {
        _ = write(wake.fileHandleForWriting.fileDescriptor, "x", 1)
        // The other thread needs little time, so polling is good enough.
        while reached.withLock({ $0 }) != state { usleep(1000) }
    }

    /// The two ends of a forwarded connection.
    private struct Link {
        let ends: [Int32]
        /// Closes both ends. shutdown(2) has an effect even if another process has inherited an end.
        func close() {
            for end in ends {
                shutdown(end, Int32(SHUT_RDWR))
                Glibc.close(end)
            }
        }
    }

    private func run() {
        let wake = wake.fileHandleForReading.fileDescriptor
        var links: [Link] = []
        var listening: Int32 = -1
        while true {
            let state = wanted.withLock { $0 }
            if state == nil || state == .cut {
                for link in links { link.close() }
                links = []
                if listening >= 0 { close(listening) }
                listening = -1
                unlink(socket)
            } else if listening < 0 {
                listening = UnixSocket.listening(at: socket)
            }
            reached.withLock { $0 = state }
            guard let state else { return }
            var polled = [pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
            if state == .open {
                polled.append(pollfd(fd: listening, events: Int16(POLLIN), revents: 0))
                polled += links.flatMap { $0.ends.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) } }
            }
            guard poll(&polled, nfds_t(polled.count), -1) > 0 else { continue }
            if polled[0].revents != 0 {
                var byte = UInt8(0)
                _ = read(wake, &byte, 1)
                continue
            }
            let readable = Set(polled.dropFirst().filter { $0.revents != 0 }.map(\.fd))
            links = links.filter { link in
                for (index, end) in link.ends.enumerated() where readable.contains(end) {
                    guard Self.forward(from: end, to: link.ends[1 - index]) else {
                        link.close()
                        return false
                    }
                }
                return true
            }
            if readable.contains(listening), let link = accepted(listening) { links.append(link) }
        }
    }

    private func accepted(_ listening: Int32) -> Link? {
        let client = accept(listening, nil, nil)
        guard client >= 0 else { return nil }
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        guard let server = UnixSocket.connected(to: target) else {
            close(client)
            return nil
        }
        return Link(ends: [client, server])
    }

    /// Forwards available bytes; false if one end is closed.
    private static func forward(from source: Int32, to sink: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(source, &buffer, buffer.count)
        var sent = 0
        while sent < count {
            let more = buffer.withUnsafeBytes { bytes in
                send(sink, bytes.baseAddress.map { $0 + sent }, count - sent, Int32(MSG_NOSIGNAL))
            }
            guard more > 0 else { return false }
            sent += more
        }
        return count > 0
    }
}
