import Synchronization

/// Gives the requests that take long their turns, so that they leave most threads to all others.
///
/// Searches, exports and downloads share a quarter of the threads. In a turn, an answer is made and sent until the web
/// server takes no more, or up to some length. Connections that wait for their turn occupy no thread. Those of people
/// who have no turn are first.
final class Turns: Sendable {
    /// What becomes of a connection that needs a turn.
    enum Begin {
        /// It has its turn. ``end(of:)`` has to follow.
        case now
        /// A thread that ends another turn goes on with it.
        case later
        /// Too many requests of its user wait.
        case userHasTooMany
        case tooManyWait
    }

    private struct State {
        /// The users of the turns that go on.
        var active: [String] = []
        /// The first is the next one.
        var queue: [Connection] = []
    }

    private let state = Mutex(State())
    private let limit: Int
    private let queueLimit: Int

    /// Requests of one user that may wait.
    private static let limitPerUser = 32

    /// - Parameters:
    ///   - threads: Number of threads of the server.
    ///   - queueLimit: Requests that may wait.
    init(threads: Int, queueLimit: Int) {
        limit = max(1, threads / 4)
        self.queueLimit = queueLimit
    }

    /// Begins the turn of a connection.
    func begin(_ connection: Connection) -> Begin {
        state.withLock { state in
            if state.active.count < limit {
                state.active.append(connection.user)
                return .now
            }
            // The rest of an answer is not refused.
            if !connection.isAnswering {
                guard state.queue.count < queueLimit else { return .tooManyWait }
                let own = state.queue.count { $0.user == connection.user }
                guard own < Self.limitPerUser else { return .userHasTooMany }
            }
            state.queue.append(connection)
            return .later
        }
    }

    /// Ends a turn of a user. Returns the connection whose turn begins.
    func end(of user: String) -> Connection? {
        state.withLock { state in
            if let index = state.active.firstIndex(of: user) { state.active.remove(at: index) }
            guard !state.queue.isEmpty else { return nil }
            let next = state.queue.remove(at: state.queue.firstIndex { !state.active.contains($0.user) } ?? 0)
            state.active.append(next.user)
            return next
        }
    }
}
