import CSystem
import Synchronization

/// Announces output and new records of the jobs that somebody waits for. Every thread may use it.
///
/// The kernel reports writes to their logs and changes among the files of jobs (inotify(7)). It reports nothing of the
/// store, and nothing at all if it has no watch left. So look again after a while, too.
package final class JobNews: Sendable {
    private struct Watched {
        /// How many wait for news of the job.
        var count = 1
        /// The watch of its log; nil if there is no log yet.
        var log: Int32?
    }

    private struct State {
        var jobs: [JobUUID: Watched] = [:]
        var logs: [Int32: JobUUID] = [:]
        /// The watches of directories with the files of jobs, by path.
        var directories: [String: Int32] = [:]
    }

    /// An inotify descriptor; negative if the kernel has none left.
    private let events: Descriptor
    private let state = Mutex(State())

    package init() {
        events = Descriptor(owning: system_inotify())
    }

    /// Readable when there is news; negative if nothing is ever announced.
    package var descriptor: Int32 { events.number }

    /// Begins to announce news of a job. Each call needs one of ``remove(_:)``.
    package func add(_ files: JobFiles) {
        state.withLock { state in
            state.jobs[files.uuid, default: Watched(count: 0)].count += 1
            if state.directories[files.jobs] == nil {
                state.directories[files.jobs] = system_watch_records(events.number, files.jobs)
            }
        }
        watchLog(of: files)
    }

    /// Watches the log if there is one by now. A queued execution has none.
    package func watchLog(of files: JobFiles) {
        state.withLock { state in
            guard let job = state.jobs[files.uuid], job.log == nil else { return }
            let watch = system_watch_growth(events.number, files.log)
            guard watch >= 0 else { return }
            state.jobs[files.uuid]?.log = watch
            state.logs[watch] = files.uuid
        }
    }

    /// Ends what ``add(_:)`` began.
    package func remove(_ uuid: JobUUID) {
        state.withLock { state in
            guard var job = state.jobs[uuid] else { return }
            job.count -= 1
            state.jobs[uuid] = job.count > 0 ? job : nil
            guard job.count == 0 else { return }
            if let log = job.log {
                state.logs[log] = nil
                system_unwatch(events.number, log)
            }
            guard state.jobs.isEmpty else { return }
            // Otherwise each start of a job would wake a thread.
            for watch in state.directories.values { system_unwatch(events.number, watch) }
            state.directories.removeAll()
        }
    }

    /// Takes the news: the jobs that may have changed, among those somebody waits for.
    package func take() -> Set<JobUUID> {
        state.withLock { state in
            var changed: Set<JobUUID> = []
            FileEvent.read(events.number) { event in
                if event.isOverflow {
                    changed.formUnion(state.jobs.keys)
                } else if let uuid = state.logs[event.watch] ?? JobUUID(String(event.name.prefix { $0 != "." })),
                    state.jobs[uuid] != nil
                {
                    changed.insert(uuid)
                }
            }
            return changed
        }
    }
}
