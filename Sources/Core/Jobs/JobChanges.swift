import CSystem
import Glibc

/// Announces which jobs of an instance may have changed, so that a broker on watch looks only at these. Belongs to one
/// thread.
///
/// The kernel reports each new record of a job (inotify(7)) and the end of each supervisor (pidfd_open(2)). It also
/// reports `Storage.wakeBroker()`.
package final class JobChanges {
    private let storage: Storage
    private let renames: Descriptor
    /// epoll(7) of the supervisors.
    private let supervisors: Descriptor
    private var watched: [JobUUID: WatchedSupervisor] = [:]
    /// The jobs by the numbers of their descriptors.
    private var jobs: [UInt64: JobUUID] = [:]
    /// The jobs that have a new record.
    private var changed: Set<JobUUID> = []
    /// Whether any job may have changed.
    private var isUnknown = true
    /// When all jobs were last taken for changed, in milliseconds of the boot clock.
    private var allTakenAt = Int64.min / 2
    /// Maximum number of watched jobs. Each needs a descriptor, and ``HeldOutputs`` needs two.
    private let limit: Int
    /// Milliseconds after which all jobs are taken for changed, because the kernel does not announce everything: that a
    /// supervisor is stopped, or that a collector has ended.
    private static let interval: Int64 = 2000

    /// Begins to watch. If the kernel has no inotify instance left (inotify(7), max_user_instances), all jobs are always
    /// taken for changed. Then the passes find the records a moment later.
    ///
    /// - Parameter report: Called with the reason in that case.
    init(_ storage: Storage, _ report: (SystemError) -> Void) {
        self.storage = storage
        renames = Descriptor(owning: system_watch_renames(storage.jobs))
        if renames.number < 0 { report(SystemError("inotify", storage.jobs)) }
        // A failure delays kills by a moment: the store is polled, too.
        _ = system_watch_closings(renames.number, storage.runLock)
        supervisors = Descriptor(owning: system_epoll())
        var descriptors = rlimit()
        limit =
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &descriptors) == 0
            ? Int(clamping: descriptors.rlim_cur / 8) : 0
    }

    /// Readable when there is news. Without inotify one is negative, which poll(2) ignores.
    var descriptors: [Int32] { [renames.number, supervisors.number] }

    /// Reads the news. Call it before the jobs are read, so that a later change counts for the next pass.
    func read() {
        readRenames()
        var ended = [UInt64](repeating: 0, count: 64)
        while case let count = system_epoll_wait(supervisors.number, &ended, Int32(ended.count), 0), count > 0 {
            for number in ended.prefix(Int(count)) {
                if let uuid = jobs.removeValue(forKey: number) { watched[uuid] = nil }
            }
        }
    }

    /// Those of the jobs that may have changed since the last call: the jobs with news, and the jobs that are not
    /// watched. The others run as they did.
    func take(of uuids: some Collection<JobUUID>) -> Set<JobUUID> {
        let now = Clock.boottimeMilliseconds()
        let isAll = isUnknown || renames.number < 0 || now - allTakenAt >= Self.interval
        if isAll { allTakenAt = now }
        isUnknown = false
        defer { changed.removeAll() }
        return Set(isAll ? Array(uuids) : uuids.filter { watched[$0] == nil || changed.contains($0) })
    }

    /// Watches the supervisors of jobs that were taken, and no longer those of jobs that are over. Call it before the
    /// files of the jobs are read.
    ///
    /// - Parameter open: All jobs that run.
    func watch(_ taken: Set<JobUUID>, among open: Set<JobUUID>) {
        if watched.contains(where: { !open.contains($0.key) }) {
            watched = watched.filter { open.contains($0.key) }
            jobs = jobs.filter { open.contains($0.value) }
        }
        for uuid in taken where watched[uuid] == nil && watched.count < limit {
            guard let record = try? JobFiles(uuid, in: storage).pidRecord(), record.bootID == BootID.current,
                let supervisor = WatchedSupervisor(record.supervisor),
                system_epoll_add(supervisors.number, supervisor.pidfd.number, supervisor.key) == 0
            else { continue }
            watched[uuid] = supervisor
            jobs[supervisor.key] = uuid
        }
    }

    private func readRenames() {
        guard renames.number >= 0 else { return }
        FileEvent.read(renames.number) { event in
            if event.isOverflow { isUnknown = true }
            if let uuid = JobUUID(String(event.name.prefix { $0 != "." })) { changed.insert(uuid) }
        }
    }
}

/// A process whose end the kernel reports.
private final class WatchedSupervisor {
    let pidfd: Descriptor
    /// The number of the descriptor, which is unique as long as it is open.
    var key: UInt64 { UInt64(pidfd.number) }

    /// Nil if the process has ended.
    init?(_ process: ProcessIdentity) {
        let opened = system_pidfd_open(process.pid)
        guard opened >= 0 else { return nil }
        pidfd = Descriptor(owning: opened)
        // Only now, because another process could have got the pid before it was opened.
        guard ProcessTable.isAlive(process) else { return nil }
    }
}
