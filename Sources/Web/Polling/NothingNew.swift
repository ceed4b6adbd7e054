import Core

/// A poll finds nothing new, and wants to wait until its job changes (`wait_ms`).
package struct NothingNew: Error {
    package let files: JobFiles
    /// Milliseconds for which the poll wants to wait.
    package let wait: Int64
    /// Milliseconds after which to look again. The store announces no changes.
    package let pause: Int64

    package init(files: JobFiles, wait: Int64, pause: Int64) {
        self.files = files
        self.wait = wait
        self.pause = pause
    }
}

/// The query fields of a poll that waits.
struct PollWaiting {
    /// Milliseconds.
    let wait: Int64
    /// The `state` of the answer before; nil if the client knows none.
    let known: String?

    /// Nil if the request has no `wait_ms`.
    init?(_ query: Query) throws(HTTPError) {
        if query.isArray("wait_ms") { throw .invalid("wait_ms", "The wait_ms must be a single value.") }
        guard let text = query["wait_ms"] else { return nil }
        guard let wait = Int64(text), wait >= 0 else {
            throw .invalid("wait_ms", "The wait_ms must be a number of milliseconds.")
        }
        self.wait = min(wait, Limits.longestPoll)
        known = query["state"]
    }

    /// What a poll tells besides the text, in a few characters. If it differs from `known`, there is news.
    static func state(of view: WatchExecution.View) -> String {
        var state = "\(view.execution.status.rawValue)"
        if let ahead = view.ahead { state += ".\(ahead)" }
        if let kill = view.kill {
            state += ".\(kill.steps.count).\(kill.steps.last?.at ?? 0).\(kill.survivors.count)"
        }
        return state
    }
}
