import CSystem
import Core
import Glibc
import Web

/// One connection of a web server, and the request on it.
///
/// No call waits for the web server for longer than a moment. If it has to wait, it says for what, and goes on when it
/// is called again.
///
/// It is `@unchecked Sendable`, because ``FastCGIServer`` lends it to one thread at a time.
final class Connection: @unchecked Sendable {
    /// What a connection waits for.
    enum Next {
        case input
        case output
        /// A change of the job that a poll is about, and what the web server sends.
        case news(PollWait)
        /// Its turn among the requests that take long.
        case turn
        /// Nothing: the connection is to be closed.
        case end
    }

    private enum Phase {
        /// Reading the request.
        case reading
        /// Sending the answer.
        case answering
        /// Discarding the rest of the body after the answer. mod_proxy_fcgi sends the record that ends the body
        /// separately, even after a GET. If the connection were closed by then, its write would fail, and the client
        /// would get a 503 instead of the answer.
        case draining
    }

    let descriptor: Descriptor
    /// The number among the connections that wait; 0 before it first waits.
    var number: UInt64 = 0
    /// When the connection is closed if nothing happens, in milliseconds of the boot clock.
    private(set) var deadline: Int64
    private let polls: WaitingPolls
    /// Who sent a request that takes long.
    var user = ""
    /// The poll that waits for news.
    private var pollWait: PollWait?
    private var phase = Phase.reading
    private var needsTurn = false
    private var input = Input()
    private var output = Output()
    private var variables: CGIVariables?
    private var reservation: BodyReservation
    /// How often this request may still wait for a moment.
    private var moments = momentsPerRequest

    private static let momentsPerRequest = 3
    /// Milliseconds of a moment. A web server sends a request at once, and the wait costs less than to be called again.
    private static let moment: Int32 = 2
    /// Bytes that are sent at once, so that others are served between the parts of a long answer.
    private static let turn = 1024 * 1024
    /// Milliseconds for which a web server may be silent: between two requests, within the header of one, within a
    /// body, and while it takes an answer.
    private static let idleTimeout: Int64 = 5000
    private static let headerTimeout: Int64 = 10_000
    private static let bodyTimeout: Int64 = 30_000
    private static let answerTimeout: Int64 = 60_000
    /// Milliseconds for which the rest of a refused body is read.
    private static let drainTimeout: Int64 = 10_000

    init(_ descriptor: consuming Descriptor, bodies: BodyReserve, polls: WaitingPolls) {
        self.descriptor = descriptor
        reservation = BodyReservation(from: bodies)
        self.polls = polls
        deadline = Clock.boottimeMilliseconds() + Self.headerTimeout
    }

    deinit { reservation.release() }

    /// Whether the connection waits for another request after it has had one.
    private(set) var isIdle = false

    /// Whether it sends an answer.
    var isAnswering: Bool { phase == .answering }

    /// Goes on as far as possible without waiting.
    ///
    /// - Parameters:
    ///   - responder: Answers the request.
    ///   - hasTurn: Whether a request that takes long has its turn.
    ///   - isLast: Whether the connection is closed after the request even if the web server would keep it.
    /// - Throws: ``RecordError``.
    func advance(
        _ responder: Responder, hasTurn: Bool, isLast: () -> Bool
    ) throws(RecordError) -> Next {
        var turn = Self.turn
        while true {
            switch phase {
            case .reading:
                // It may have waited long for its turn.
                if hasTurn, isPeerGone { return .end }
                if let response = try answer(responder, hasTurn: hasTurn, isLast: isLast) {
                    begin(response)
                } else if needsTurn {
                    return .turn
                } else if let pollWait {
                    return try receiveAll() ? .news(pollWait) : .end
                } else if let next = receive(Self.bodyTimeout) {
                    return next
                }
            case .answering:
                if output.isLong, !hasTurn { return .turn }
                guard turn > 0 else { return .output }
                if let next = send(&turn) { return next }
                guard output.isAnswerSent else { continue }
                input.request.discardBody()
                phase = .draining
                deadline = Clock.boottimeMilliseconds() + Self.drainTimeout
            case .draining:
                try read()
                if request.hasBody {
                    guard request.keepsConnection, !isLast() else { return .end }
                    reset()
                    if input.isEmpty { return .input }
                } else if request.discarded > Limits.drained {
                    return .end
                } else if let next = receive(nil) {
                    return next
                }
            }
        }
    }

    /// The answer; nil if more of the request is needed first.
    private func answer(
        _ responder: Responder, hasTurn: Bool, isLast: () -> Bool
    ) throws(RecordError) -> Response? {
        needsTurn = false
        try read()
        if request.isAborted { return nil }
        guard request.hasParameters else { return nil }
        if let limit = reservation.limit, !request.hasBody, request.body.count <= limit { return nil }
        let variables = try requestVariables()
        guard request.parameters.count <= Limits.variables else { return .tooManyVariables }
        while true {
            pollWait?.look()
            do throws(Unanswered) {
                return try responder.answer(
                    variables, isAbandoned: { self.isPeerGone }, mayWait: !isLast() && mayWait, hasTurn: hasTurn
                ) { limit throws(BodyIncomplete) in try self.body(upTo: limit) }
            } catch {
                switch error {
                case .body(let body): return reservation.take(for: body)
                case .noTurn(let user):
                    self.user = user
                    needsTurn = true
                    return nil
                case .nothingNew(let nothing):
                    if let pollWait {
                        pollWait.rest(nothing.pause)
                        return nil
                    }
                    pollWait = polls.begin(nothing, self)
                }
            }
        }
    }

    /// Whether a poll may wait, or wait on.
    private var mayWait: Bool {
        pollWait.map { !$0.isOver } ?? polls.hasRoom(behind: variables?["SERVER_SOFTWARE"])
    }

    /// Receives what the web server has sent while a poll waits. Returns false if it has given up.
    private func receiveAll() throws(RecordError) -> Bool {
        // Nothing else is to be expected but the record that ends the body.
        moments = 0
        deadline = Clock.boottimeMilliseconds() + Limits.longestPoll + Self.idleTimeout
        while true {
            switch receive(nil) {
            case nil: try read()
            case .input, .output: return true
            default: return false
            }
        }
    }

    private var request: RecordReader { input.request }

    private var isPeerGone: Bool { system_is_peer_gone(descriptor.rawValue) == 1 }

    private func requestVariables() throws(RecordError) -> CGIVariables {
        if let variables { return variables }
        // What exceeds the limit was not kept, so the last pair is cut off.
        guard request.parameters.count <= Limits.variables else { return CGIVariables([], pairs: []) }
        guard let parameters = RequestParameters(request.parameters) else { throw .parameters }
        variables = parameters.variables
        return parameters.variables
    }

    /// The body, as far as it is not longer than a byte more than `limit`.
    private func body(upTo limit: Int) throws(BodyIncomplete) -> [UInt8] {
        if reservation.limit == nil { input.request.keepBody(upTo: limit) }
        do throws(RecordError) {
            while true {
                try read()
                if request.hasBody || request.body.count > limit { return request.body }
                guard receive(Self.bodyTimeout) == nil else { break }
            }
        } catch {
            // The same error ends the connection when the request is read on.
        }
        throw BodyIncomplete(limit: limit)
    }

    /// Reads the records that have arrived.
    private func read() throws(RecordError) {
        output.append(try input.read())
    }

    /// Receives bytes. Returns nil if some have arrived, else what to wait for.
    ///
    /// - Parameter timeout: Extends the deadline by so many milliseconds from now on; nil does not.
    private func receive(_ timeout: Int64?) -> Next? {
        guard !request.isAborted else { return .end }
        if phase == .reading, !output.isEmpty {
            var turn = Self.turn
            if let next = send(&turn) { return next }
        }
        switch input.receive(from: descriptor.rawValue, hasMore: { awaitMoment(POLLIN) }) {
        case .bytes:
            extend(timeout)
            return nil
        case .none: return .input
        case .end: return .end
        }
    }

    private func extend(_ timeout: Int64?) {
        if isIdle {
            isIdle = false
            deadline = Clock.boottimeMilliseconds() + Self.headerTimeout
        } else if let timeout, request.hasParameters {
            // Only a body may take long. All of the header has one deadline.
            deadline = Clock.boottimeMilliseconds() + timeout
        }
    }

    /// Waits for a moment. Returns whether the descriptor is ready.
    private func awaitMoment(_ events: Int32) -> Bool {
        guard moments > 0 else { return false }
        moments -= 1
        var waiting = pollfd(fd: descriptor.rawValue, events: Int16(events), revents: 0)
        return poll(&waiting, 1, Self.moment) > 0
    }

    /// Begins to send an answer.
    func begin(_ response: Response) {
        reservation.release()
        pollWait = nil
        phase = .answering
        deadline = Clock.boottimeMilliseconds() + Self.answerTimeout
        output.append(response, to: request.request ?? 0, isHead: variables?["REQUEST_METHOD"] == "HEAD")
        if output.isLong { widen() }
    }

    /// Doubles the room for what the web server has not read. Most logs fit, so no thread waits in the middle of one. The
    /// kernel doubles the number that it gets. If it refuses, the room stays as it is.
    private func widen() {
        var bytes: Int32 = 212_992
        setsockopt(descriptor.rawValue, SOL_SOCKET, SO_SNDBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Sends what is there, and makes the next part of a long answer. Returns nil if all of it is sent, else what to wait for.
    private func send(_ turn: inout Int) -> Next? {
        let before = turn
        let result = output.send(to: descriptor.rawValue, &turn) { awaitMoment(POLLOUT) }
        if phase == .answering, turn < before { deadline = Clock.boottimeMilliseconds() + Self.answerTimeout }
        return switch result {
        case .all: nil
        case .part: .output
        case .failed: .end
        }
    }

    /// Prepares for the next request.
    private func reset() {
        input.request = RecordReader()
        variables = nil
        isIdle = input.isEmpty
        phase = .reading
        moments = Self.momentsPerRequest
        deadline = Clock.boottimeMilliseconds() + Self.idleTimeout
    }
}
