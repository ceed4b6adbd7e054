/// The decision about a new execution.
package enum Admission: Sendable, Equatable {
    /// It was stored as running and may be started.
    case running(id: Int64)
    /// It was stored as queued. `ahead` executions of the same command are before it.
    case queued(id: Int64, ahead: Int)
    /// It was not stored, because the limits of running and queued executions are reached.
    case full
}
