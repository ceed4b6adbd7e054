/// How an execution stands, with the original's numbers.
public enum Status: Int, Sendable, CaseIterable {
    /// It runs, or its start is under way.
    case running = 1
    /// It ended with exit code 0.
    case completed = 2
    /// It ended with another code or by somebody else's signal, could not be started, or was lost.
    case failed = 3
    /// We killed it.
    case killed = 4
}
