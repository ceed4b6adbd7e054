import CFastCGI
import CSystem
import Core
import Foundation
import Glibc
import Logging
import Synchronization
import Web

/// Answers FastCGI requests, one at a time in each of its threads, until it is told to stop.
package final class FastCGIServer: Sendable {
    private let socket: Int32
    private let socketFile: String?
    private let stop: Int32
    private let responder: Responder
    private let peers: PeerCheck
    private let log: Logger
    private let idle = DispatchGroup()
    private let isStopping = Atomic(false)

    /// Seconds a web server may be silent in the middle of a request.
    private static let timeout = 10
    /// Milliseconds for which a kept connection may be idle.
    private static let idleLimit: Int32 = 5000

    /// A server on a listening socket, which it keeps for the life of the process.
    package init(
        socket: consuming ListeningSocket, responder: Responder, peers: Set<UInt32>, log: Logger
    ) throws(SystemError) {
        self.responder = responder
        self.log = log
        socketFile = socket.file
        self.socket = socket.release()
        self.peers = PeerCheck(users: peers, listening: self.socket)
        stop = system_eventfd()
        guard stop >= 0 else { throw SystemError("eventfd", "to stop by") }
        // Several threads accept from one socket: whoever comes too late must not hang in accept(2).
        guard system_set_nonblocking(self.socket) == 0 else { throw SystemError("fcntl", "the listening socket") }
        guard FCGX_Init() == 0 else { throw SystemError("FCGX_Init", "libfcgi") }
    }

    /// Starts the threads, waits for SIGTERM or SIGINT, and returns when every answer that was begun is out.
    package func run(threads: Int) {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        signal(SIGPIPE, SIG_IGN)

        for number in 1...threads {
            idle.enter()
            let thread = Thread { [self] in
                serve()
                idle.leave()
            }
            thread.name = "request \(number)"
            thread.start()
        }
        var received: Int32 = 0
        sigwait(&signals, &received)
        log.notice("ending", metadata: ["signal": "\(Signal.name(of: Int(received)))"])
        isStopping.store(true, ordering: .releasing)
        // Now, while nobody else can have made it anew: a starting responder asks first whether we answer.
        if let socketFile { unlink(socketFile) }
        if system_eventfd_signal(stop) != 0 { log.error("the threads cannot be told to stop") }
        idle.wait()
    }

    /// One thread: connections, and on each of them requests.
    private func serve() {
        let request = UnsafeMutablePointer<FCGX_Request>.allocate(capacity: 1)
        defer { request.deallocate() }
        let waiter = system_waiter(socket, stop)
        guard waiter >= 0 else {
            return log.error("a thread cannot wait for requests", metadata: ["error": "\(SystemError.text(of: errno))"])
        }
        defer { close(waiter) }
        // Who has connected to a socket of ours is answered, even if it is time to stop; on one that others share,
        // they do it.
        while socketFile != nil || !isStopping.load(ordering: .acquiring) {
            let connection = system_accept(socket, Int32(Self.timeout))
            guard connection >= 0 else {
                if errno == EAGAIN {
                    // Nobody is waiting: now we do.
                    guard !isStopping.load(ordering: .acquiring) else { break }
                    _ = system_wait(waiter)
                } else if errno != EINTR, errno != ECONNABORTED {
                    log.error("accept failed", metadata: ["error": "\(SystemError.text(of: errno))"])
                    // Out of descriptors or memory: a moment may bring some back, and a tight loop none.
                    usleep(100_000)
                }
                continue
            }
            guard peers.accepts(connection) else {
                log.warning("a connection from a user that is not among peers was closed")
                close(connection)
                continue
            }
            serve(connection, request)
        }
    }

    /// All requests of one connection. libfcgi's own accept would neither check the peer before it reads, nor set
    /// close-on-exec, nor let an end begin without breaking answers off, so it is given the connection instead.
    private func serve(_ connection: Int32, _ request: UnsafeMutablePointer<FCGX_Request>) {
        FCGX_InitRequest(request, -1, 0)
        request.pointee.ipcFd = connection
        var isKept = true
        while isKept {
            request.pointee.keepConnection = 1  // else FCGX_Accept_r closes the connection before it reads
            guard FCGX_Accept_r(request) == 0 else { break }
            isKept = request.pointee.keepConnection != 0 && !isStopping.load(ordering: .acquiring)
            let isRead = Exchange(request: request).run(responder)
            request.pointee.keepConnection = 1  // else FCGX_Finish_r waits for the peer to close first
            FCGX_Finish_r(request)
            guard isRead else {
                // Whoever is still sending has had its time: no lingering.
                close(connection)
                request.pointee.ipcFd = -1
                break
            }
            if isKept { isKept = awaitRequest(on: connection) }
        }
        if request.pointee.ipcFd >= 0, system_close_drained(connection) == 1 { request.pointee.ipcFd = -1 }
        FCGX_Free(request, 1)
    }

    /// Waits for the next request on a kept connection; false when none comes soon, or when it is time to stop.
    private func awaitRequest(on connection: Int32) -> Bool {
        while true {
            let ready = system_await_either(connection, stop, Self.idleLimit)
            if ready < 0, errno == EINTR { continue }
            return ready == 1
        }
    }
}
