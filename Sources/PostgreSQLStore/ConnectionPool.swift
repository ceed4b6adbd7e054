import Core
import Synchronization

/// The connections of a process: as many as work at the same time, each kept for the next who needs one.
///
/// A server that cannot be reached is left alone for a while, and calls fail at once meanwhile; then one of them tries,
/// and the others go on failing at once until it has succeeded.
final class ConnectionPool: Sendable {
    private struct State {
        var idle: [Connection] = []
        var backoff = Backoff()
        /// Why the last one could not be made; nil while the server answers.
        var failure: PostgreSQLError?
        var isTrying = false
    }

    private let state = Mutex(State())
    private let connect: @Sendable () throws(PostgreSQLError) -> Connection

    /// Nothing is connected yet.
    init(_ connect: @escaping @Sendable () throws(PostgreSQLError) -> Connection) {
        self.connect = connect
    }

    /// Does something on a connection that nobody else has meanwhile.
    ///
    /// - Throws: ``PostgreSQLError``.
    func use<Result>(_ body: (Connection) throws(PostgreSQLError) -> Result) throws(PostgreSQLError) -> Result {
        let connection: Connection
        if let kept = idle() { connection = kept } else { connection = try made() }
        do {
            let result = try body(connection)
            give(connection)
            return result
        } catch {
            if error.code.isEmpty { failed(error) } else { give(connection) }
            throw error
        }
    }

    /// One that is kept and still there. Others that are not go along: a server that was started anew has closed all.
    private func idle() -> Connection? {
        state.withLock { state in
            while let connection = state.idle.popLast() {
                if connection.isAlive { return connection }
            }
            return nil
        }
    }

    private func give(_ connection: Connection) {
        guard connection.isUsable else { return }
        state.withLock { $0.idle.append(connection) }
    }

    private func made() throws(PostgreSQLError) -> Connection {
        let refusal = state.withLock { state -> PostgreSQLError? in
            guard let failure = state.failure else { return nil }
            if state.isTrying || !state.backoff.allows(now: Clock.boottimeMilliseconds()) { return failure }
            state.isTrying = true
            return nil
        }
        if let refusal { throw refusal }
        do {
            let connection = try connect()
            state.withLock { state in
                state.failure = nil
                state.isTrying = false
                state.backoff.succeeded()
            }
            return connection
        } catch {
            failed(error)
            throw error
        }
    }

    private func failed(_ failure: PostgreSQLError) {
        state.withLock { state in
            // Eight that fail at once are one failure.
            let now = Clock.boottimeMilliseconds()
            if state.backoff.allows(now: now) { state.backoff.failed(now: now) }
            state.failure = failure
            state.isTrying = false
            state.idle.removeAll()
        }
    }
}
