import Synchronization

/// Memory for bodies that arrive slowly. A body that has arrived as a whole needs none of it.
///
/// The gate admits a request before its body is read, so each request here has a user.
final class BodyReserve: Sendable {
    private struct State {
        var total = 0
        /// By the bytes of the user's name, because equal strings may differ in bytes.
        var byUser: [[UInt8]: Int] = [:]
    }

    private let state = Mutex(State())
    private let limit: Int
    private let share: Int

    /// - Parameters:
    ///   - limit: Bytes of all such bodies together.
    ///   - share: Bytes of all such bodies of one user. A single body of a user may be longer.
    init(limit: Int = 64 * 1024 * 1024, share: Int = 16 * 1024 * 1024) {
        self.limit = limit
        self.share = share
    }

    enum Answer {
        case reserved
        /// The user has as much as one user may have.
        case userHasTooMuch
        case isFull
    }

    /// Takes a part for a body of a user.
    func reserve(_ bytes: Int, for user: String) -> Answer {
        let user = Array(user.utf8)
        return state.withLock { state in
            let used = state.byUser[user] ?? 0
            guard used == 0 || used + bytes <= share else { return .userHasTooMuch }
            guard state.total + bytes <= limit else { return .isFull }
            state.total += bytes
            state.byUser[user] = used + bytes
            return .reserved
        }
    }

    /// Gives a part back.
    func release(_ bytes: Int, of user: String) {
        guard bytes > 0 else { return }
        let user = Array(user.utf8)
        state.withLock { state in
            state.total -= bytes
            let left = (state.byUser[user] ?? 0) - bytes
            state.byUser[user] = left > 0 ? left : nil
        }
    }
}
