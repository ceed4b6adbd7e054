/// What became of a new execution.
package enum Admission: Sendable, Equatable {
    /// It is kept and may be started now.
    case running(id: Int64)
    /// It is kept and waits for its turn, with so many of its command before it.
    case queued(id: Int64, ahead: Int)
    /// As many as may run and wait do so; nothing was kept.
    case full
}
