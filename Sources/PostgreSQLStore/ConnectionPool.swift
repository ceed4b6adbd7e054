import Core
import Synchronization

/// The connections of a process. There are as many as are used at the same time.
///
/// After a failure, calls fail at once for a while without contacting the server. Then one call tries to connect, and
/// the others keep failing at once until it has succeeded.
final class ConnectionPool: Sendable {
    private struct State {
        var idle: [Connection] = []
        var backoff = Backoff()
        /// Why connecting failed; nil as long as the server answers.
        var error: PostgreSQLError?
        var isTrying = false
    }

    private let state = Mutex(State())
    private let connect: @Sendable () throws(PostgreSQLError) -> Connection

    init(_ connect: @escaping @Sendable () throws(PostgreSQLError) -> Connection) {
        self.connect = connect
    }

    /// Runs `body` on a connection that no other thread uses meanwhile.
    func use<Result>(_ body: (Connection) throws(PostgreSQLError) -> Result) throws(PostgreSQLError) -> Result {
        let connection: Connection
        if let idle = popIdle() { connection = idle } else { connection = try open() }
        do {
            let result = try body(connection)
            keep(connection)
            return result
        } catch {
            if error.code.isEmpty { recordFailure(error) } else { keep(connection) }
            throw error
        }
    }

    /// An idle connection that is still open. Closed ones are dropped, because a restarted server has closed all.
    private func popIdle() -> Connection? {
        state.withLock { state in
            while let connection = state.idle.popLast() {
                if connection.isAlive { return connection }
            }
            return nil
        }
    }

    private func keep(_ connection: Connection) {
        guard connection.isUsable else { return }
        state.withLock { $0.idle.append(connection) }
    }

    private func open() throws(PostgreSQLError) -> Connection {
        let (refusal, isAfterFailure) = state.withLock { state -> (PostgreSQLError?, Bool) in
            guard let error = state.error else { return (nil, false) }
            if state.isTrying || !state.backoff.allows(now: Clock.boottimeMilliseconds()) { return (error, true) }
            state.isTrying = true
            return (nil, true)
        }
        if let refusal { throw refusal }
        do {
            let connection = try connect()
            if isAfterFailure { connection.cancelAbandonedCommits() }
            state.withLock { state in
                state.error = nil
                state.isTrying = false
                state.backoff.succeeded()
            }
            return connection
        } catch {
            recordFailure(error)
            throw error
        }
    }

    private func recordFailure(_ error: PostgreSQLError) {
        state.withLock { state in
            // Eight threads that fail at the same time count as one failure.
            let now = Clock.boottimeMilliseconds()
            if state.backoff.allows(now: now) { state.backoff.failed(now: now) }
            state.error = error
            state.isTrying = false
            state.idle.removeAll()
        }
    }
}
