import Synchronization

/// A connection to the server of a kill list: made when it is needed, shared by all threads, made anew when it broke.
///
/// A server that does not answer is left alone for a while, and calls fail at once meanwhile: nobody's request waits
/// for it again and again.
public final class Reconnecting<Connection>: Sendable {
    private struct State {
        var connection: Connection?
        var backoff = Backoff()
        var failure: KillListError?
    }

    private let state = Mutex(State())
    private let connect: @Sendable () throws -> Connection

    /// Nothing is connected yet.
    public init(_ connect: @escaping @Sendable () throws -> Connection) {
        self.connect = connect
    }

    /// Does something on the connection. It may be done twice: a server closes connections that were idle, and that
    /// shows only when they are used.
    ///
    /// - Throws: ``KillListError``, and what `body` throws.
    public func use<Value: Sendable>(_ body: @Sendable (Connection) throws -> Value) throws -> Value {
        try state.withLock { state in
            if let connection = state.connection {
                do { return try body(connection) } catch is KillListError { state.connection = nil }
            }
            let now = Clock.boottimeMilliseconds()
            if !state.backoff.allows(now: now), let failure = state.failure { throw failure }
            do {
                let connection = try connect()
                let value = try body(connection)
                state.connection = connection
                state.backoff.succeeded()
                return value
            } catch {
                state.failure = error as? KillListError
                state.backoff.failed(now: Clock.boottimeMilliseconds())
                throw error
            }
        }
    }
}
