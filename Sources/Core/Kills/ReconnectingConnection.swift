import Synchronization

/// A connection to the server of a kill list. It is opened when it is needed, shared by all threads, and reopened after
/// it broke.
///
/// After a failure, calls fail at once for a while without contacting the server. So requests do not wait for it again
/// and again.
package final class ReconnectingConnection<Connection>: Sendable {
    private struct State {
        var connection: Connection?
        var backoff = Backoff()
        var error: KillListError?
    }

    private let state = Mutex(State())
    private let connect: @Sendable () throws(KillListError) -> Connection

    package init(_ connect: @escaping @Sendable () throws(KillListError) -> Connection) {
        self.connect = connect
    }

    /// Runs `body` on the connection.
    ///
    /// `body` may run twice: a server closes idle connections, and that shows only when they are used.
    package func use<Value: Sendable>(
        _ body: @Sendable (Connection) throws(KillListError) -> Value
    ) throws(KillListError) -> Value {
        let result: Result<Value, KillListError> = state.withLock { state in
            if let connection = state.connection {
                do throws(KillListError) { return .success(try body(connection)) } catch { state.connection = nil }
            }
            let now = Clock.boottimeMilliseconds()
            if !state.backoff.allows(now: now), let error = state.error { return .failure(error) }
            do throws(KillListError) {
                let connection = try connect()
                let value = try body(connection)
                state.connection = connection
                state.backoff.succeeded()
                return .success(value)
            } catch {
                state.error = error
                state.backoff.failed(now: Clock.boottimeMilliseconds())
                return .failure(error)
            }
        }
        return try result.get()
    }
}
