/// How many executions of a command may run at once, and how many more may wait for their turn.
package struct RunningLimit: Sendable, Equatable {
    /// So many may run.
    package let maxRunning: Int
    /// What they are counted over.
    package let scope: Scope
    /// So many may wait when that many run; 0: nobody waits.
    package let maxQueued: Int

    /// So many may wait where the configuration says that they may, but not how many.
    package static let defaultMaxQueued = 100

    /// Whose executions count.
    package enum Scope: String, Sendable, CaseIterable {
        /// Those of one instance.
        case instance
        /// Those of all instances that share the audit.
        case all
    }

    /// Creates a limit.
    package init(_ maxRunning: Int, over scope: Scope = .instance, maxQueued: Int = 0) {
        self.maxRunning = maxRunning
        self.scope = scope
        self.maxQueued = maxQueued
    }
}
