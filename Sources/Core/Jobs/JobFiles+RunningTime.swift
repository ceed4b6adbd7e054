import Glibc

extension JobFiles {
    /// For how long the command has been running, in milliseconds of the boot clock; nil if no pid record of this boot
    /// tells it.
    ///
    /// The start time of a process counts by the same clock (proc(5), field 22 of `/proc/PID/stat`).
    func runningMilliseconds(now: Int64 = Clock.boottimeMilliseconds()) -> Int64? {
        guard let record = try? pidRecord(), record.bootID == BootID.current else { return nil }
        let ticksPerSecond = UInt64(max(1, sysconf(Int32(_SC_CLK_TCK))))
        let started = Int64(
            clamping: record.command.startTime.multipliedReportingOverflow(by: 1000).partialValue / ticksPerSecond)
        return max(0, now - started)
    }
}

/// For how long the jobs of a broker have been running. Belongs to one thread.
struct RunningTimes {
    private let storage: Storage
    /// When each job began, in milliseconds of the boot clock. A job without a pid record began when it was first seen.
    private var began: [JobUUID: (at: Int64, isRecorded: Bool)] = [:]

    init(_ storage: Storage) {
        self.storage = storage
    }

    /// The time for which a job has been running, in milliseconds of the boot clock.
    ///
    /// A job may have removed its pid record. Then its time counts from the first call.
    mutating func milliseconds(of uuid: JobUUID, now: Int64 = Clock.boottimeMilliseconds()) -> Int64 {
        if let known = began[uuid], known.isRecorded { return max(0, now - known.at) }
        if let running = JobFiles(uuid, in: storage).runningMilliseconds(now: now) {
            began[uuid] = (now - running, true)
            return running
        }
        let first = began[uuid]?.at ?? now
        began[uuid] = (first, false)
        return max(0, now - first)
    }

    /// Forgets all other jobs.
    mutating func keep(_ uuids: Set<JobUUID>) {
        if began.contains(where: { !uuids.contains($0.key) }) { began = began.filter { uuids.contains($0.key) } }
    }
}
