import CSystem
import Glibc
import Synchronization

/// Tells whether another process has a file open and has written to it.
///
/// An editor may truncate a file and write it in several parts. Half of a file can be valid, so only the end of the
/// writing tells that it is complete (inotify(7), IN_CLOSE_WRITE). On a file system without inotify nothing is known.
final class WriteWatch: Sendable {
    private let path: String
    private let state: Mutex<State>

    private struct State {
        var descriptor: Int32 = -1
        var isWritten = false
        /// When the writing was first seen, in milliseconds of the boot clock.
        var since: Int64 = 0
    }

    /// Milliseconds after which a file that stays open counts as complete.
    private static let limit: Int64 = 60_000

    /// Watching begins with the first use, because a user may have few inotify instances (max_user_instances), and most
    /// programs end before their second check.
    init(_ path: String) {
        self.path = path
        state = Mutex(State())
    }

    deinit {
        state.withLock { if $0.descriptor >= 0 { close($0.descriptor) } }
    }

    /// Watches the file that has the name now. A link may lead to another one.
    func follow() {
        state.withLock { state in
            guard !state.isWritten, state.descriptor >= 0 else { return }
            close(state.descriptor)
            state = State(descriptor: system_watch_writes(path))
        }
    }

    /// Whether the file is being written.
    ///
    /// - Parameter now: Milliseconds of the boot clock.
    func isBeingWritten(at now: Int64) -> Bool {
        state.withLock { state in
            if state.descriptor < 0 { state = State(descriptor: system_watch_writes(path)) }
            guard state.descriptor >= 0 else { return false }
            let written = system_is_being_written(state.descriptor, state.isWritten ? 1 : 0)
            guard written >= 0 else {
                // Another file has the name now.
                close(state.descriptor)
                state = State(descriptor: system_watch_writes(path))
                return false
            }
            if written == 1, !state.isWritten { state.since = now }
            state.isWritten = written == 1
            return state.isWritten && now - state.since < Self.limit
        }
    }
}
