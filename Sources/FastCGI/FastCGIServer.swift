import CFastCGI
import CSystem
import Core
import Foundation
import Glibc
import Logging
import Synchronization
import Web

/// Answers FastCGI requests until SIGTERM or SIGINT. Each thread answers one request at a time.
package final class FastCGIServer: Sendable {
    private let socket: Int32
    private let socketFile: String?
    /// An eventfd that wakes every thread when the server stops.
    private let stopEvent: Int32
    /// Replaced as a whole when the configuration changes. A request keeps the one it began with.
    private let current: Mutex<(responder: Responder, peers: PeerCheck)>
    private let log: Logger
    private let runningThreads = DispatchGroup()
    private let isStopping = Atomic(false)

    /// Seconds for which a web server may be silent within a request.
    private static let timeout = 10
    /// Milliseconds for which a connection may be idle between two requests.
    private static let idleLimit: Int32 = 5000

    /// Creates a server on a listening socket. The socket stays open until the process ends.
    package init(
        socket: consuming ListeningSocket, responder: Responder, peers: Set<UInt32>, log: Logger
    ) throws(SystemError) {
        self.log = log
        socketFile = socket.file
        self.socket = socket.release()
        current = Mutex((responder: responder, peers: PeerCheck(users: peers, listening: self.socket)))
        stopEvent = system_eventfd()
        guard stopEvent >= 0 else { throw SystemError("eventfd", "for the stop of the threads") }
        // Several threads accept from this socket. A thread that finds no connection left must not block in accept(2).
        guard system_set_nonblocking(self.socket) == 0 else { throw SystemError("fcntl", "the listening socket") }
        guard FCGX_Init() == 0 else { throw SystemError("FCGX_Init", "libfcgi") }
    }

    /// Answers the next requests with another responder.
    ///
    /// - Parameter peers: The users whose processes may connect.
    package func use(_ responder: Responder, peers: Set<UInt32>) {
        let peers = PeerCheck(users: peers, listening: socket)
        current.withLock { $0 = (responder, peers) }
    }

    /// Starts the threads and waits for SIGTERM or SIGINT. Then it returns as soon as the current answers are sent.
    ///
    /// - Parameters:
    ///   - threads: The number of requests that are answered at the same time.
    ///   - interval: Milliseconds between two calls of `housekeeping`.
    ///   - housekeeping: Called again and again, and at once after SIGHUP, by the thread that called this function. Its
    ///     argument is whether SIGHUP arrived. If it returns false, the server stops, too.
    /// - Returns: The listening socket if `housekeeping` stopped the server. Others still connect to it.
    package func run(threads: Int, every interval: Int64, _ housekeeping: (Bool) -> Bool) -> Int32? {
        let signals = Self.block([SIGTERM, SIGINT, SIGHUP])
        signal(SIGPIPE, SIG_IGN)

        var missing = MissingThreads(count: threads)
        start(&missing, of: threads)
        let received = Self.awaitEnd(signals, every: interval) { isForced in
            start(&missing, of: threads)
            return housekeeping(isForced)
        }
        log.notice("stopping", metadata: ["signal": "\(received.map { Signal.name(of: Int($0)) } ?? "none")"])
        isStopping.store(true, ordering: .releasing)
        // Removed now, while this process still answers: a responder that starts replaces the socket file only if
        // no process answers on it. Later, the file could be that of the next responder.
        if received != nil, let socketFile { unlink(socketFile) }
        if system_eventfd_signal(stopEvent) != 0 { log.error("the threads could not be stopped") }
        runningThreads.wait()
        return received == nil ? socket : nil
    }

    private struct MissingThreads {
        var count: Int
        /// What the log says.
        var reported = 0
    }

    /// Starts the threads that are missing, as far as the system has room for them.
    private func start(_ missing: inout MissingThreads, of threads: Int) {
        var reason: SystemError?
        while missing.count > 0, reason == nil {
            do throws(SystemError) {
                let waiter = system_waiter(socket, stopEvent)
                guard waiter >= 0 else { throw SystemError("epoll_create1", "for a thread") }
                runningThreads.enter()
                do throws(SystemError) {
                    try Threads.start { [self] in
                        serve(waiter)
                        runningThreads.leave()
                    }
                } catch {
                    runningThreads.leave()
                    close(waiter)
                    throw error
                }
                missing.count -= 1
            } catch {
                reason = error
            }
        }
        guard missing.count != missing.reported else { return }
        missing.reported = missing.count
        let running: Logger.Metadata = ["running": "\(threads - missing.count)", "configured": "\(threads)"]
        if let reason {
            log.error("threads could not be started", metadata: running.merging(["error": "\(reason)"]) { $1 })
        } else {
            log.notice("all threads are running", metadata: running)
        }
    }

    /// Keeps a SIGHUP until ``run(threads:every:_:)`` takes it. Without this, a reload ends a responder that starts.
    package static func keepReload() {
        block([SIGHUP])
    }

    @discardableResult
    private static func block(_ numbers: [Int32]) -> sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in numbers { sigaddset(&signals, number) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        return signals
    }

    /// Waits for a signal that ends the server, sigtimedwait(2). Returns nil if `housekeeping` ends it.
    private static func awaitEnd(_ signals: sigset_t, every interval: Int64, _ housekeeping: (Bool) -> Bool) -> Int32? {
        var signals = signals
        var pause = timespec(tv_sec: Int(interval / 1000), tv_nsec: Int(interval % 1000) * 1_000_000)
        while true {
            let received = sigtimedwait(&signals, nil, &pause)
            if received == SIGTERM || received == SIGINT { return received }
            guard housekeeping(received == SIGHUP) else { return nil }
        }
    }

    /// The work of one thread: accepts connections and answers their requests.
    private func serve(_ waiter: Int32) {
        let request = UnsafeMutablePointer<FCGX_Request>.allocate(capacity: 1)
        defer {
            request.deallocate()
            close(waiter)
        }
        // On a socket that this process made, connections that are already queued are answered before it stops. A
        // socket that was passed to it is shared, and other processes answer them.
        while socketFile != nil || !isStopping.load(ordering: .acquiring) {
            let connection = system_accept(socket, Int32(Self.timeout))
            guard connection >= 0 else {
                if errno == EAGAIN {
                    // No connection is queued.
                    guard !isStopping.load(ordering: .acquiring) else { break }
                    _ = system_wait(waiter)
                } else if errno != EINTR, errno != ECONNABORTED {
                    log.error("accept failed", metadata: ["error": "\(SystemError.text(of: errno))"])
                    // Descriptors or memory may be exhausted. A pause leaves time for some to be freed.
                    usleep(100_000)
                }
                continue
            }
            guard current.withLock({ $0.peers }).accepts(connection) else {
                log.warning("a connection was closed, because its user is not in allowed_socket_users")
                close(connection)
                continue
            }
            serve(connection, request)
        }
    }

    /// Answers all requests of one connection.
    ///
    /// libfcgi gets an accepted connection, because its own accept has three faults. It does not check the peer before
    /// it reads, does not set close-on-exec, and cannot be stopped without cutting off answers.
    private func serve(_ connection: Int32, _ request: UnsafeMutablePointer<FCGX_Request>) {
        FCGX_InitRequest(request, -1, 0)
        request.pointee.ipcFd = connection
        var isKept = true
        while isKept {
            request.pointee.keepConnection = 1  // else FCGX_Accept_r closes the connection before it reads
            guard FCGX_Accept_r(request) == 0 else { break }
            isKept = request.pointee.keepConnection != 0 && !isStopping.load(ordering: .acquiring)
            let isRead = Exchange(request: request).run(current.withLock { $0.responder })
            request.pointee.keepConnection = 1  // else FCGX_Finish_r waits for the peer to close first
            FCGX_Finish_r(request)
            guard isRead else {
                // The client is still sending after its deadline, so the connection is closed without waiting for it.
                close(connection)
                request.pointee.ipcFd = -1
                break
            }
            if isKept { isKept = awaitRequest(on: connection) }
        }
        if request.pointee.ipcFd >= 0, system_close_drained(connection) == 1 { request.pointee.ipcFd = -1 }
        FCGX_Free(request, 1)
    }

    /// Waits for the next request on a connection. Returns false after ``idleLimit``, and when the server stops.
    private func awaitRequest(on connection: Int32) -> Bool {
        while true {
            let ready = system_await_either(connection, stopEvent, Self.idleLimit)
            if ready < 0, errno == EINTR { continue }
            return ready == 1
        }
    }
}
