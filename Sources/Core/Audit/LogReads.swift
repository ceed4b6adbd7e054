import Foundation
import Logging
import Synchronization

/// Records who reads the logs of other people's executions: once for a person, an execution and an hour.
///
/// A poll must not wait for the store, so a thread of its own appends the entries. They are lost if the process is killed
/// within that moment.
package final class LogReads: Sendable {
    /// Executions of one person that are recorded within ``period``. The next read says that there are many.
    static let perPeriod = 300
    /// Milliseconds.
    static let period: Int64 = 3_600_000
    /// Pairs of a person and an execution that are remembered at once.
    fileprivate static let pairs = 10_000

    fileprivate struct Reader {
        /// When counting began, in milliseconds of the boot clock.
        var since: Int64
        var jobs: Set<String> = []
    }

    fileprivate struct State {
        var readers: [String: Reader] = [:]
        var pairs = 0
        var pending: [(event: AuditEvent, actor: AuditActor)] = []
        var hasThread = false
    }

    private let state = Mutex(State())
    private let added = DispatchSemaphore(value: 0)
    private let store: any AuditStore
    private let storage: Storage
    private let waits: Bool
    private let log: Logger

    /// - Parameter waits: Whether each call waits until the entry is stored, because the process ends soon.
    package init(store: any AuditStore, storage: Storage, waits: Bool, log: Logger) {
        self.store = store
        self.storage = storage
        self.waits = waits
        self.log = log
    }

    /// Records that a person who did not start an execution reads its log.
    package func note(
        _ execution: Execution, by person: Person, now: Int64 = Clock.boottimeMilliseconds()
    ) {
        let event = state.withLock { $0.event(for: execution, by: person, now: now) }
        guard let event else { return }
        let actor = person.actor(on: storage)
        guard !waits else { return wasRecorded(event, actor) ? () : append([(event, actor)]) }
        let hasThread = state.withLock { state in
            // A store that does not answer must not fill the memory.
            guard state.pending.count < Self.pairs else { return true }
            state.pending.append((event, actor))
            if !state.hasThread { state.hasThread = (try? Threads.start { [self] in work() }) != nil }
            return state.hasThread
        }
        if hasThread { added.signal() } else { append(takePending()) }
    }

    /// Whether another process has recorded the same a short time ago. A CGI program answers one poll.
    private func wasRecorded(_ event: AuditEvent, _ actor: AuditActor) -> Bool {
        guard let head = try? store.auditHead(of: actor.instance),
            let recent = try? store.auditEntries(
                of: actor.instance, after: head.number - Int64(Self.perPeriod), limit: Self.perPeriod)
        else { return false }
        return recent.contains {
            $0.event == event.kind.rawValue && $0.subject == event.subject && $0.user == actor.user
                && abs($0.at - event.at) * 1000 < Self.period
        }
    }

    private func work() {
        while true {
            added.wait()
            append(takePending())
        }
    }

    private func takePending() -> [(event: AuditEvent, actor: AuditActor)] {
        state.withLock { state in
            defer { state.pending = [] }
            return state.pending
        }
    }

    private func append(_ entries: [(event: AuditEvent, actor: AuditActor)]) {
        for (event, actor) in entries {
            do throws(StoreError) {
                try store.append([event], by: actor)
            } catch {
                log.error(
                    "a read of a log was not recorded",
                    metadata: [
                        "job": "\(event.subject ?? "many")", "user": "\((actor.user ?? "").sanitized)",
                        "error": "\(error)",
                    ])
            }
        }
    }
}

extension LogReads.State {
    /// The event of a read; nil if it is recorded already.
    fileprivate mutating func event(for execution: Execution, by person: Person, now: Int64) -> AuditEvent? {
        if pairs >= LogReads.pairs {
            readers = readers.filter { now - $0.value.since < LogReads.period }
            pairs = readers.reduce(0) { $0 + $1.value.jobs.count }
            // Recording a read twice does less harm than forgetting it.
            if pairs >= LogReads.pairs { (readers, pairs) = ([:], 0) }
        }
        var reader = readers[person.identifier] ?? LogReads.Reader(since: now)
        if now - reader.since >= LogReads.period {
            pairs -= reader.jobs.count
            reader = LogReads.Reader(since: now)
        }
        defer { readers[person.identifier] = reader }
        guard reader.jobs.count <= LogReads.perPeriod, reader.jobs.insert(execution.jobUUID).inserted else {
            return nil
        }
        pairs += 1
        return reader.jobs.count <= LogReads.perPeriod ? .logRead(execution) : .manyLogsRead
    }
}
