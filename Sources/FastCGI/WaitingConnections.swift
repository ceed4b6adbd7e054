import CSystem
import Core
import Synchronization

/// The connections that wait for their web server. They occupy no thread.
///
/// Each is taken by one thread: by the one that hears of it first, or by the one that closes it after its deadline.
final class WaitingConnections: Sendable {
    private struct State {
        var connections: [UInt64: Connection] = [:]
        var lastNumber: UInt64 = 0
    }

    /// An epoll(7) descriptor, which also watches the listening socket.
    private let events: Int32
    private let state = Mutex(State())
    private let limit: Int

    /// The listening socket, among the numbers of ``next(milliseconds:)``.
    static let listening: UInt64 = 0
    /// The event that stops the server.
    static let stop: UInt64 = 1
    /// News of the jobs of polls that wait.
    static let news: UInt64 = 2
    /// A poll that waits is to be looked at again.
    static let alarm: UInt64 = 3
    private static let firstNumber: UInt64 = 4

    /// - Parameter limit: Maximum number of connections.
    init(listening: Int32, stop: Int32, polls: WaitingPolls, limit: Int) throws(SystemError) {
        self.limit = limit
        events = system_epoll()
        guard events >= 0, system_epoll_arm(events, listening, Self.listening, false, true) == 0,
            system_epoll_add(events, stop, Self.stop) == 0,
            system_epoll_arm(events, polls.alarm, Self.alarm, false, true) == 0
        else { throw SystemError("epoll_ctl", "the listening socket") }
        // Without news, polls look again after a while.
        _ = system_epoll_arm(events, polls.announcing, Self.news, false, true)
    }

    deinit { _ = Descriptor(owning: events) }

    var isEmpty: Bool { state.withLock { $0.connections.isEmpty } }

    /// Waits for an event. Returns nil if there is none within the time; a negative time has no end.
    func next(milliseconds: Int32) -> UInt64? {
        var number: UInt64 = 0
        return system_epoll_wait(events, &number, 1, milliseconds) == 1 ? number : nil
    }

    /// Lets the kernel announce a descriptor again. After an announcement it announces the descriptor to no thread.
    func rearm(_ descriptor: Int32, _ number: UInt64) {
        _ = system_epoll_arm(events, descriptor, number, false, false)
    }

    /// Ends the announcements of new connections and of the stop.
    func ignore(listening: Int32, stop: Int32) {
        _ = system_epoll_remove(events, listening)
        _ = system_epoll_remove(events, stop)
    }

    /// Lets a connection wait. Returns false if there are too many.
    func add(_ connection: Connection, for next: Connection.Next) -> Bool {
        let forWriting = if case .output = next { true } else { false }
        let (number, isNew) = state.withLock { state -> (UInt64?, Bool) in
            guard state.connections.count < limit else { return (nil, false) }
            let isNew = connection.number == 0
            if isNew {
                state.lastNumber += 1
                connection.number = state.lastNumber + Self.firstNumber
            }
            // Before the kernel can announce it.
            state.connections[connection.number] = connection
            return (connection.number, isNew)
        }
        guard let number else { return false }
        // Another thread may have the connection as soon as this call is made.
        if system_epoll_arm(events, connection.descriptor.rawValue, number, forWriting, isNew) == 0 { return true }
        return take(number) == nil
    }

    /// Takes a connection that was announced; nil if another thread has it.
    func take(_ number: UInt64) -> Connection? {
        state.withLock { $0.connections.removeValue(forKey: number) }
    }

    /// Takes a connection. Returns false if another thread has it.
    func take(_ connection: Connection) -> Bool {
        state.withLock { $0.connections.removeValue(forKey: connection.number) } != nil
    }

    /// Takes the connections whose deadline has passed, and with `idle` also those without a request.
    func takeExpired(now: Int64 = Clock.boottimeMilliseconds(), idle: Bool = false) -> [Connection] {
        state.withLock { state in
            let expired = state.connections.filter { $0.value.deadline <= now || (idle && $0.value.isIdle) }
            for number in expired.keys { state.connections[number] = nil }
            return Array(expired.values)
        }
    }
}
