/// How an execution stands; 1 to 4 are the original's numbers.
package enum Status: Int, Sendable, CaseIterable {
    /// It runs, or its start is under way.
    case running = 1
    /// It ended with exit code 0.
    case completed = 2
    /// It ended with another code or by somebody else's signal, could not be started, or was lost.
    case failed = 3
    /// We killed it, or it was cancelled while it waited.
    case killed = 4
    /// It waits for its turn; nothing of it has run.
    case queued = 5

    /// Whether nothing more will become of it.
    package var isEnded: Bool {
        switch self {
        case .running, .queued: false
        case .completed, .failed, .killed: true
        }
    }
}
