import Foundation

extension Settlement {
    /// Seconds by which the wall clock may differ from the boot clock over the run of a job: both are rounded, and the
    /// row is older than the process. A larger difference is a jump of the wall clock.
    package static let tolerance: Int64 = 2

    /// The time of the end for an execution that started at a time, in Unix seconds.
    ///
    /// If the wall clock jumped while the job ran, the end is the start and the time by the boot clock. So a duration
    /// is never negative, and never longer by a jump. The stores compute the same in SQL.
    package func finishedAt(startedAt: Int64) -> Int64 {
        if let ranSeconds, abs(finishedAt - startedAt - ranSeconds) > Self.tolerance { return startedAt + ranSeconds }
        return max(finishedAt, startedAt)
    }

    /// ``ranMilliseconds`` in seconds.
    package var ranSeconds: Int64? { ranMilliseconds.map { max(0, $0) / 1000 } }

    /// The same settlement with the running time of a job whose end nothing recorded. The job ran at most until now.
    func measured(by files: JobFiles) -> Settlement {
        guard ranMilliseconds == nil, let running = files.runningMilliseconds() else { return self }
        return Settlement(
            status: status, finishedAt: finishedAt, killedBy: killedBy, ending: ending, killTokenID: killTokenID,
            ranMilliseconds: running)
    }

    /// The same settlement with the signals of a kill.
    func recalling(_ kill: KillRecord?) -> Settlement {
        guard let kill, killedBy != nil else { return self }
        var settlement = self
        settlement.signals = kill.steps.map {
            "\($0.signal.rawValue) \(Date(timeIntervalSince1970: Double($0.at / 1000)).formatted(.iso8601))"
        }
        return settlement
    }
}
