import Core

/// How long the page waits before it polls an execution again: `retry_after_ms` of a poll's answer.
struct PollInterval {
    /// Milliseconds while the log grows.
    private static let shortest: Int64 = 250
    /// Milliseconds for a silent job, or for one with many executions before it in the queue.
    private static let longest: Int64 = 5000

    let view: WatchExecution.View
    let slice: LogSlice

    /// Milliseconds. 0 means that the log has more text already, or that the execution has ended.
    ///
    /// A running job is polled after an eighth of the time for which it has printed nothing. A queued one is polled
    /// after 0.5 s for each execution before it, and for itself. While a job is being killed, signals follow each other
    /// quickly.
    func milliseconds(now: Int64) -> Int64 {
        let hasMore = slice.nextOffset < slice.size && !slice.text.isEmpty
        guard !view.isEnded, !hasMore else { return 0 }
        guard view.kill == nil else { return Self.shortest }
        if let ahead = view.ahead { return min(Self.longest, 500 * Int64(min(ahead, 9) + 1)) }
        let silentSince = max(slice.modifiedMilliseconds, view.execution.executedAt * 1000)
        return min(Self.longest, max(Self.shortest, (now - silentSince) / 8))
    }
}
