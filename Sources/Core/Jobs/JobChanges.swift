import CSystem
import Glibc

/// Announces which jobs of an instance may have changed, so that a broker on watch looks only at these. Belongs to one
/// thread.
///
/// The kernel reports each new record of a job (inotify(7)), and the end of each supervisor and of each command
/// (pidfd_open(2)). Of jobs for which there are not enough descriptors it reports that the supervisor closes its lock,
/// which needs none. It also reports `Storage.wakeBroker()`.
package final class JobChanges {
    /// Whether the broker leaves after one pass, unless it kills. Then only jobs that are being killed are worth a watch.
    let isBrief: Bool
    private let storage: Storage
    private let renames: Descriptor
    /// An inotify instance of its own for the calls of `Storage.wakeBroker()`.
    private let calls: Descriptor
    /// Whether the kernel announces records and calls.
    let isAnnouncing: Bool
    /// epoll(7) of the processes.
    private let processes: Descriptor
    private var watched: [JobUUID: WatchedJob] = [:]
    /// The jobs by the numbers of their descriptors.
    private var jobs: [UInt64: JobUUID] = [:]
    /// The jobs without descriptors, by the inotify watches of their locks, and the other way round.
    private var lockedJobs: [Int32: JobUUID] = [:]
    private var locks: [JobUUID: Int32] = [:]
    /// The jobs that have news.
    private var changed: Set<JobUUID> = []
    /// Those that were last taken because of news.
    private var announced: Set<JobUUID> = []
    /// Whether any job may have changed.
    private var isUnknown = true
    /// When each job is taken even without news, and the first of these times, in milliseconds of the boot clock.
    private var dueAt: [JobUUID: Int64] = [:]
    private(set) var firstDueAt = Int64.min
    /// Maximum number of watched jobs. Each needs two descriptors, as in ``HeldOutputs``, which has a quarter.
    private let limit: Int
    /// Milliseconds until a watched job is taken without news. Tests show that the kernel announces every change, so this
    /// is only a precaution. Of a job of which only the lock is watched, the kernel does not announce the end of a
    /// command whose supervisor is stopped.
    private static let watchedInterval: Int64 = 60_000
    /// Milliseconds until a job that cannot be watched is taken, and a job whose lock was just closed: the kernel
    /// announces that a moment before it releases the lock.
    private static let unwatchedInterval: Int64 = 2000
    /// Maximum number of watched jobs that are taken at once without news.
    static let shareMax = 1000

    /// Begins to watch. If the kernel has no inotify instance left (inotify(7), max_user_instances), all jobs are always
    /// taken for changed. Then the passes find the records a moment later.
    ///
    /// - Parameters:
    ///   - isBrief: Whether the broker leaves after one pass.
    ///   - limit: Maximum number of watched jobs; nil for what the limit of descriptors allows.
    ///   - report: Called with the reason in that case.
    init(_ storage: Storage, isBrief: Bool = false, limit: Int? = nil, _ report: (SystemError) -> Void) {
        self.isBrief = isBrief
        self.storage = storage
        renames = Descriptor(owning: system_watch_renames(storage.jobs))
        if renames.number < 0 { report(SystemError("inotify", storage.jobs)) }
        // A failure delays kills by a moment: the store is polled, too.
        calls = Descriptor(owning: system_inotify())
        let hasCalls = system_watch_closings(calls.number, storage.runLock) >= 0
        isAnnouncing = renames.number >= 0 && hasCalls
        processes = Descriptor(owning: system_epoll())
        self.limit = limit ?? (DescriptorLimit.current ?? 0) / 6
    }

    /// Readable when there is news. Without inotify some are negative, which poll(2) ignores.
    var descriptors: [Int32] { [renames.number, processes.number, calls.number] }

    /// Readable when the broker is wanted at once.
    var callDescriptor: Int32 { calls.number }

    /// Whether a job would be taken. It takes no longer with many jobs.
    var hasNews: Bool {
        isUnknown || renames.number < 0 || !changed.isEmpty || Clock.boottimeMilliseconds() >= firstDueAt
    }

    /// Whether a job is watched, and its supervisor and its command run on.
    func isUnchanged(_ uuid: JobUUID) -> Bool {
        !isUnknown && renames.number >= 0 && !changed.contains(uuid) && watched[uuid]?.isWhole ?? false
    }

    /// Takes all jobs for changed the next time.
    func expectAll() { isUnknown = true }

    /// Reads the news. Call it before the jobs are read, so that a later change counts for the next pass.
    func read() {
        readRenames()
        if calls.number >= 0 { FileEvent.read(calls.number) { _ in } }
        var ended = [UInt64](repeating: 0, count: 64)
        while case let count = system_epoll_wait(processes.number, &ended, Int32(ended.count), 0), count > 0 {
            for number in ended.prefix(Int(count)) {
                guard let uuid = jobs[number] else { continue }
                changed.insert(uuid)
                jobs[number] = nil
                if watched[uuid]?.remove(number) ?? false { forget(uuid) }
            }
        }
    }

    /// Those of the jobs that may have changed since the last call: the jobs with news, and the jobs that are not
    /// watched. The others run as they did.
    ///
    /// - Parameter now: Milliseconds of the boot clock.
    func take(
        of uuids: some Collection<JobUUID>, at now: Int64 = Clock.boottimeMilliseconds()
    ) -> Set<JobUUID> {
        let isAll = isUnknown || renames.number < 0
        isUnknown = false
        announced = changed
        defer { changed.removeAll() }
        guard !isAll else { return Set(uuids) }
        var share = 0
        return Set(
            uuids.filter { uuid in
                if changed.contains(uuid) { return true }
                guard dueAt[uuid] ?? now <= now else { return false }
                guard watched[uuid]?.isWhole ?? (locks[uuid] != nil) else { return true }
                share += 1
                return share <= Self.shareMax
            })
    }

    /// Watches jobs that were taken, and no longer those that are over. Call it before the files of the jobs are read.
    ///
    /// A job of which a process has ended is taken again and again until it is over: its supervisor may be stopped, and
    /// without a supervisor nobody replaces its collector.
    ///
    /// - Parameters:
    ///   - open: All jobs that run.
    ///   - killed: Those that are to be killed.
    func watch(_ taken: Set<JobUUID>, among open: Set<JobUUID>, killing killed: Set<JobUUID> = []) {
        for uuid in dueAt.keys.filter({ !open.contains($0) }) {
            forget(uuid)
            forgetLock(uuid)
            dueAt[uuid] = nil
        }
        let now = Clock.boottimeMilliseconds()
        for uuid in taken where open.contains(uuid) {
            guard !isBrief || killed.contains(uuid) else {
                dueAt[uuid] = now + Self.unwatchedInterval
                continue
            }
            if watched[uuid] == nil, watched.count < limit { watch(uuid) }
            if let job = watched[uuid] {
                forgetLock(uuid)
                dueAt[uuid] = job.isWhole ? now + Self.watchedInterval : now
            } else {
                dueAt[uuid] = watched.count < limit ? now : now + interval(ofLock: uuid)
            }
        }
        firstDueAt = dueAt.values.min() ?? .max
    }

    /// Watches a job whose supervisor runs.
    private func watch(_ uuid: JobUUID) {
        guard let record = try? JobFiles(uuid, in: storage).pidRecord(), record.bootID == BootID.current,
            let job = WatchedJob(record)
        else { return }
        watched[uuid] = job
        for key in job.keys {
            jobs[key] = uuid
            guard system_epoll_add(processes.number, Int32(key), key) == 0 else { return forget(uuid) }
        }
    }

    /// Watches the lock of a job beyond the limit.
    ///
    /// - Returns: Milliseconds until the job is taken without news.
    private func interval(ofLock uuid: JobUUID) -> Int64 {
        let files = JobFiles(uuid, in: storage)
        if locks[uuid] == nil {
            let watch = system_watch_closings(renames.number, files.lock)
            guard watch >= 0 else { return Self.unwatchedInterval }
            locks[uuid] = watch
            lockedJobs[watch] = uuid
        }
        // After the watch has begun. Brokers close the lock of a job without a supervisor, too.
        guard (try? files.isLocked()) ?? false else {
            forgetLock(uuid)
            return Self.unwatchedInterval
        }
        return announced.contains(uuid) ? Self.unwatchedInterval : Self.watchedInterval
    }

    private func forgetLock(_ uuid: JobUUID) {
        guard let watch = locks.removeValue(forKey: uuid) else { return }
        lockedJobs[watch] = nil
        system_unwatch(renames.number, watch)
    }

    private func forget(_ uuid: JobUUID) {
        for key in watched[uuid]?.keys ?? [] { jobs[key] = nil }
        watched[uuid] = nil
    }

    private func readRenames() {
        guard renames.number >= 0 else { return }
        FileEvent.read(renames.number) { event in
            if event.isOverflow { isUnknown = true }
            // The broker itself writes these.
            guard !event.name.hasSuffix(".kill") else { return }
            if let uuid = lockedJobs[event.watch] ?? JobUUID(String(event.name.prefix { $0 != "." })) {
                changed.insert(uuid)
            }
        }
    }
}

/// A job whose supervisor runs. The kernel reports its end, and the end of the command before.
private final class WatchedJob {
    private let supervisor: Descriptor
    /// Nil if the command has ended.
    private var command: Descriptor?

    /// Nil if the supervisor has ended.
    init?(_ record: PidRecord) {
        guard let supervisor = Self.open(record.supervisor) else { return nil }
        self.supervisor = supervisor
        command = Self.open(record.command)
    }

    /// Whether the command runs, too.
    var isWhole: Bool { command != nil }

    /// The numbers of the descriptors, which are unique as long as they are open.
    var keys: [UInt64] { [UInt64(supervisor.number), commandKey].compactMap(\.self) }

    private var commandKey: UInt64? {
        guard let number = command?.number else { return nil }
        return UInt64(number)
    }

    /// Watches the process with this number no longer, because it has ended.
    ///
    /// - Returns: Whether it was the supervisor, so that nothing is left to wait for.
    func remove(_ key: UInt64) -> Bool {
        guard key == commandKey else { return true }
        command = nil
        return false
    }

    private static func open(_ process: ProcessIdentity) -> Descriptor? {
        let opened = system_pidfd_open(process.pid)
        guard opened >= 0 else { return nil }
        let descriptor = Descriptor(owning: opened)
        // Only now, because another process could have got the pid before it was opened.
        guard ProcessTable.isAlive(process) else { return nil }
        return descriptor
    }
}
