import Foundation
import Glibc
import Synchronization

/// A network between a program and a server's Unix socket that can be frozen, and cut. It ends with ``end()``.
///
/// Frozen, it is what a switch that lost its power is: connections stay, new ones are taken in by the kernel, and no byte
/// arrives any more. Cut, it is what an administrator's REJECT is: all connections are gone, and new ones are refused.
package final class Forwarder: Sendable {
    /// What it may be told.
    package enum State: Sendable, Equatable {
        /// Everything passes.
        case open
        /// Nothing passes, and nothing is closed.
        case frozen
        /// Nobody is let in.
        case cut
    }

    /// Its directory; what programs connect to stands in it.
    package let directory: TemporaryDirectory
    /// What programs connect to.
    package let socket: String
    private let target: String
    private let wanted = Mutex<State?>(.open)
    private let reached = Mutex<State?>(nil)
    private let wake = Pipe()

    /// Starts to forward.
    ///
    /// - Parameters:
    ///   - target: The server's Unix socket.
    ///   - name: The socket's name in the directory; PostgreSQL's library wants a certain one.
    /// - Throws: What making the directory throws.
    package init(to target: String, as name: String) throws {
        directory = try TemporaryDirectory()
        chmod(directory.path, 0o755)
        socket = directory.path + "/" + name
        self.target = target
        Thread { [self] in run() }.start()
        settle(in: .open)
    }

    /// Makes it so, and returns when it is.
    package func become(_ state: State) {
        wanted.withLock { $0 = state }
        settle(in: state)
    }

    /// Closes everything, and returns when it is closed.
    package func end() {
        wanted.withLock { $0 = nil }
        settle(in: nil)
    }

    private func settle(in state: State?) {
        _ = write(wake.fileHandleForWriting.fileDescriptor, "x", 1)
        // Nothing that passes here takes the other thread longer than the machine needs to let it run.
        while reached.withLock({ $0 }) != state { usleep(1000) }
    }

    /// Both ends of a connection: what comes from one goes to the other.
    private struct Link {
        let ends: [Int32]
        /// Also where a process that was started meanwhile has inherited an end.
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

    /// false where one end is gone.
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
