/// How many executions of a command may run at once, and how many more may be queued.
package struct RunningLimit: Sendable, Equatable {
    /// Maximum number of running executions.
    package let maxRunning: Int
    /// Which executions count.
    package let scope: Scope
    /// Maximum number of queued executions. With 0 none is queued.
    package let maxQueued: Int

    /// The default of `max_queued`.
    package static let defaultMaxQueued = 100

    /// Which executions count.
    package enum Scope: String, Sendable, CaseIterable {
        /// Those of one instance.
        case instance
        /// Those of all instances that share the store.
        case all
    }

    package init(_ maxRunning: Int, over scope: Scope = .instance, maxQueued: Int = 0) {
        self.maxRunning = maxRunning
        self.scope = scope
        self.maxQueued = maxQueued
    }
}
