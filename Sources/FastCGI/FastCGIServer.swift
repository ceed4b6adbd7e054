import CSystem
import Core
import Foundation
import Glibc
import Logging
import Synchronization
import Web

/// Answers FastCGI requests until SIGTERM or SIGINT.
///
/// Each thread answers one request at a time, from the first byte to the last if the web server sends and takes them
/// at once. A connection that has to wait for its web server is put aside (``WaitingConnections``), and goes on in
/// whichever thread is free when the kernel announces it. So slow clients occupy no thread.
package final class FastCGIServer: Sendable {
    private let socket: Int32
    private let socketFile: String?
    /// An eventfd that wakes every thread when the server stops.
    private let stopEvent: Int32
    /// Replaced as a whole when the configuration changes. A request keeps the one it began with.
    private let current: Mutex<Answering>
    private let waiting: WaitingConnections
    private let bodies = BodyReserve()
    private let polls: WaitingPolls
    private let turns: Turns
    private let threads: Int
    private let log: Logger
    private let runningThreads = DispatchGroup()
    private let isStopping = Atomic(false)

    /// Milliseconds that slow clients have for their answers when the server stops.
    private static let stopTimeout: Int64 = 10_000

    /// Maximum number of polls that wait.
    private static let pollLimit = 1000

    /// Creates a server on a listening socket. The socket stays open until the process ends.
    ///
    /// - Parameter threads: The number of requests that are answered at the same time.
    package init(
        socket: consuming ListeningSocket, responder: Responder, peers: Set<UInt32>, threads: Int, log: Logger
    ) throws(SystemError) {
        self.log = log
        self.threads = threads
        socketFile = socket.file
        self.socket = socket.release()
        current = Mutex(Answering(responder, PeerCheck(users: peers, listening: self.socket)))
        stopEvent = system_eventfd()
        guard stopEvent >= 0 else { throw SystemError("eventfd", "for the stop of the threads") }
        // Several threads accept from this socket. A thread that finds no connection left must not block in accept(2).
        guard system_set_nonblocking(self.socket) == 0 else { throw SystemError("fcntl", "the listening socket") }
        // The other half of the descriptors is for logs, jobs and stores.
        let limit = DescriptorLimit.current.map { $0 / 2 } ?? 256
        turns = Turns(threads: threads, queueLimit: limit / 2)
        polls = try WaitingPolls(limit: min(limit / 2, Self.pollLimit))
        waiting = try WaitingConnections(listening: self.socket, stop: stopEvent, polls: polls, limit: limit)
    }

    /// Answers the next requests with another responder.
    ///
    /// - Parameter peers: The users whose processes may connect.
    package func use(_ responder: Responder, peers: Set<UInt32>) {
        let peers = PeerCheck(users: peers, listening: socket)
        current.withLock { $0 = Answering(responder, peers) }
    }

    /// Starts the threads and waits for SIGTERM or SIGINT. Then it returns as soon as the current answers are sent.
    ///
    /// - Parameters:
    ///   - interval: Milliseconds between two calls of `housekeeping`.
    ///   - housekeeping: Called again and again, and at once after SIGHUP, by the thread that called this function. Its
    ///     argument is whether SIGHUP arrived. If it returns false, the server stops, too.
    /// - Returns: The listening socket if `housekeeping` stopped the server. Others still connect to it.
    package func run(every interval: Int64, _ housekeeping: (Bool) -> Bool) -> Int32? {
        let signals = Self.block([SIGTERM, SIGINT, SIGHUP])
        signal(SIGPIPE, SIG_IGN)
        Self.limitArenas()

        var missing = MissingThreads(count: threads)
        start(&missing)
        let received = Self.awaitEnd(signals, every: interval) { isForced in
            start(&missing)
            _ = waiting.takeExpired()
            return housekeeping(isForced)
        }
        log.notice("stopping", metadata: ["signal": "\(received.map { Signal.name(of: Int($0)) } ?? "none")"])
        isStopping.store(true, ordering: .releasing)
        // Removed now, while this process still answers: a responder that starts replaces the socket file only if
        // no process answers on it. Later, the file could be that of the next responder.
        if received != nil, let socketFile { unlink(socketFile) }
        if system_eventfd_signal(stopEvent) != 0 { log.error("the threads could not be stopped") }
        runningThreads.wait()
        finishWaiting()
        return received == nil ? socket : nil
    }

    /// Lets threads share the areas of memory that malloc takes from the kernel (mallopt(3)).
    ///
    /// By default each thread gets an area of its own, and what one frees in its area the others cannot use. So eight
    /// threads kept a fifth more memory. More areas than processors are of little use.
    private static func limitArenas() {
        system_limit_arenas(Int32(clamping: max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
    }

    private struct MissingThreads {
        var count: Int
        /// What the log says.
        var reported = 0
    }

    /// Starts the threads that are missing, as far as the system has room for them.
    private func start(_ missing: inout MissingThreads) {
        var reason: SystemError?
        while missing.count > 0, reason == nil {
            do throws(SystemError) {
                runningThreads.enter()
                do throws(SystemError) {
                    try Threads.start { [self] in
                        serve()
                        runningThreads.leave()
                    }
                } catch {
                    runningThreads.leave()
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

    /// Keeps a SIGHUP until ``run(every:_:)`` takes it. Without this, a reload ends a responder that starts.
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

    /// The work of one thread: accepts connections, and goes on with those that waited.
    private func serve() {
        // On a socket that this process made, connections that are already queued are answered before it stops. A
        // socket that was passed to it is shared, and other processes answer them.
        while socketFile != nil || !isStopping.load(ordering: .acquiring) {
            let connection = accept()
            if let connection { advance(connection) }
            // After a new connection only what is ready, so that new ones do not keep others waiting.
            if connection == nil || !waiting.isEmpty {
                guard connection != nil || !isStopping.load(ordering: .acquiring) else { return }
                handle(waiting.next(milliseconds: connection == nil ? -1 : 0))
            }
        }
    }

    private func handle(_ event: UInt64?) {
        switch event {
        case nil, WaitingConnections.stop: break
        case WaitingConnections.listening:
            let connection = accept()
            waiting.rearm(socket, WaitingConnections.listening)
            if let connection { advance(connection) }
        case WaitingConnections.news:
            let changed = polls.takeChanged()
            waiting.rearm(polls.announcing, WaitingConnections.news)
            goOn(with: changed)
        case WaitingConnections.alarm:
            let due = polls.takeDue()
            waiting.rearm(polls.alarm, WaitingConnections.alarm)
            goOn(with: due)
        case let number?:
            if let connection = waiting.take(number) { advance(connection) }
        }
    }

    /// Goes on with polls that have something to look at.
    private func goOn(with polls: [Connection]) {
        for connection in polls where waiting.take(connection) { advance(connection) }
    }

    /// The next connection of a peer that may connect; nil if there is none.
    private func accept() -> Connection? {
        while true {
            let number = system_accept(socket)
            guard number >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                if errno != EAGAIN {
                    log.error("accept failed", metadata: ["error": "\(SystemError.text(of: errno))"])
                    // Descriptors or memory may be exhausted. A pause leaves time for some to be freed.
                    usleep(100_000)
                }
                return nil
            }
            let descriptor = Descriptor(owning: number)
            guard current.withLock({ $0 }).peers.accepts(number) else {
                log.warning("a connection was closed, because its user is not in allowed_socket_users")
                continue
            }
            return Connection(descriptor, bodies: bodies, polls: polls)
        }
    }

    /// Goes on with a connection until it ends or has to wait.
    private func advance(_ connection: Connection) {
        guard advance(connection, hasTurn: false) else { return }
        switch turns.begin(connection) {
        case .now: break
        case .later: return
        case .userHasTooMany: return refuse(connection, with: .tooManyLongRequestsOfUser)
        case .tooManyWait: return refuse(connection, with: .tooManyLongRequests)
        }
        var turn: Connection? = connection
        while let connection = turn {
            // Read first, because another thread may have the connection afterwards.
            let user = connection.user
            if isStopping.load(ordering: .acquiring), !connection.isAnswering {
                refuse(connection, with: .restarting)
            } else {
                _ = advance(connection, hasTurn: true)
            }
            turn = turns.end(of: user)
        }
    }

    private func refuse(_ connection: Connection, with response: Response) {
        connection.begin(response)
        _ = advance(connection, hasTurn: false)
    }

    /// Goes on with a connection. Returns whether it needs a turn.
    private func advance(_ connection: Connection, hasTurn: Bool) -> Bool {
        do throws(RecordError) {
            while true {
                let next = try connection.advance(current.withLock { $0 }.responder, hasTurn: hasTurn) {
                    isStopping.load(ordering: .acquiring)
                }
                switch next {
                case .end: return false
                case .turn: return true
                default: break
                }
                guard waiting.add(connection, for: next) else {
                    log.error("a connection was closed, because too many clients are slow")
                    return false
                }
                // News that came before the connection was put aside found none to go on with.
                guard case .news(let wait) = next, wait.hasNews, waiting.take(connection) else { return false }
            }
        } catch {
            log.warning("a connection was closed", metadata: ["reason": "\(error)"])
            return false
        }
    }

    /// Lets slow clients have their answers. The threads have ended.
    private func finishWaiting() {
        let deadline = Clock.boottimeMilliseconds() + Self.stopTimeout
        waiting.ignore(listening: socket, stop: stopEvent)
        goOn(with: polls.takeAll())
        while !waiting.isEmpty, Clock.boottimeMilliseconds() < deadline {
            _ = waiting.takeExpired(idle: true)
            handle(waiting.next(milliseconds: 100))
        }
    }
}

/// What requests are answered with. A class, so that a thread copies one reference while it has the lock.
private final class Answering: Sendable {
    let responder: Responder
    let peers: PeerCheck

    init(_ responder: Responder, _ peers: PeerCheck) {
        self.responder = responder
        self.peers = peers
    }
}
