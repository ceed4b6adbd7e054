/// The status of an execution. The original defines the numbers 1 to 4.
package enum Status: Int, Sendable, CaseIterable {
    /// It is running, or it is being started.
    case running = 1
    /// It ended with exit code 0.
    case completed = 2
    /// It ended with another exit code or by a signal that was not ours, could not be started, or was lost.
    case failed = 3
    /// We killed it, or it was cancelled while it was queued.
    case killed = 4
    /// It is queued. No part of it has run.
    case queued = 5

    /// Whether the status is final.
    package var isEnded: Bool {
        switch self {
        case .running, .queued: false
        case .completed, .failed, .killed: true
        }
    }
}
