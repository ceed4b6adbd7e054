import CSystem
import Core
import Synchronization
import Web

/// The polls that wait for news of their jobs (`wait_ms`). They occupy no thread.
///
/// They are looked at again when the kernel announces a change of the job (``JobNews``), and after the time after which
/// a client would poll again, because not every change is announced.
final class WaitingPolls: Sendable {
    private struct Entry {
        weak var connection: Connection?
        let uuid: JobUUID
        /// Whether the job has changed since the connection last looked.
        var hasNews = false
        /// When to look again, in milliseconds of the boot clock.
        var due = Int64.max
    }

    private struct State {
        var entries: [UInt64: Entry] = [:]
        var lastNumber: UInt64 = 0
        /// What the timer is set to, in milliseconds of the boot clock.
        var alarm = Int64.max
    }

    private let news = JobNews()
    /// A timerfd_create(2) descriptor.
    private let timer: Descriptor
    private let state = Mutex(State())
    private let limit: Int

    /// Under Apache each poll that waits occupies one of its workers, of which it has 150 by default.
    private static let limitUnderApache = 50

    /// - Parameter limit: Maximum number of polls that wait. Others are answered at once.
    init(limit: Int) throws(SystemError) {
        // mod_fcgid sends a process no request while it has one.
        self.limit = ParentProcess.isApache ? 0 : limit
        timer = Descriptor(owning: system_timer())
        guard timer.rawValue >= 0 else { throw SystemError("timerfd_create", "for polls that wait") }
    }

    /// Readable when a job has changed; negative if the kernel announces nothing.
    var announcing: Int32 { news.descriptor }
    /// Readable when it is time to look again.
    var alarm: Int32 { timer.rawValue }

    /// Whether one more poll may wait behind a web server.
    func hasRoom(behind webServer: String?) -> Bool {
        let isApache = webServer?.hasPrefix("Apache") ?? false
        return state.withLock { $0.entries.count } < (isApache ? min(limit, Self.limitUnderApache) : limit)
    }

    /// Begins to wait for news. The connection has to look again after this call, because the job may have changed.
    func begin(_ nothing: NothingNew, _ connection: Connection) -> PollWait {
        news.add(nothing.files)
        let number = state.withLock { state in
            state.lastNumber += 1
            state.entries[state.lastNumber] = Entry(connection: connection, uuid: nothing.files.uuid)
            return state.lastNumber
        }
        return PollWait(number: number, files: nothing.files, milliseconds: nothing.wait, polls: self)
    }

    fileprivate func end(_ wait: PollWait) {
        _ = state.withLock { $0.entries.removeValue(forKey: wait.number) }
        news.remove(wait.files.uuid)
    }

    /// Says that the connection is about to look at the job.
    fileprivate func look(_ wait: PollWait) {
        news.watchLog(of: wait.files)
        state.withLock { $0.entries[wait.number]?.hasNews = false }
    }

    /// Sets when to look again.
    fileprivate func rest(_ wait: PollWait, until due: Int64) {
        state.withLock { state in
            state.entries[wait.number]?.due = due
            if due < state.alarm { setAlarm(due, &state) }
        }
    }

    fileprivate func hasNews(_ wait: PollWait) -> Bool {
        state.withLock { $0.entries[wait.number]?.hasNews ?? false }
    }

    /// Takes the connections whose jobs have changed.
    func takeChanged() -> [Connection] {
        let changed = news.take()
        return changed.isEmpty ? [] : take { changed.contains($0.uuid) }
    }

    /// Takes the connections for which it is time to look again.
    func takeDue() -> [Connection] {
        system_timer_clear(timer.rawValue)
        let now = Clock.boottimeMilliseconds()
        let due = take { $0.due <= now }
        state.withLock { setAlarm($0.entries.values.lazy.map(\.due).min() ?? .max, &$0) }
        return due
    }

    /// Takes all connections.
    func takeAll() -> [Connection] {
        take { _ in true }
    }

    private func take(_ isTaken: (Entry) -> Bool) -> [Connection] {
        state.withLock { state in
            var connections: [Connection] = []
            for (number, entry) in state.entries where isTaken(entry) {
                state.entries[number]?.hasNews = true
                state.entries[number]?.due = .max
                if let connection = entry.connection { connections.append(connection) }
            }
            return connections
        }
    }

    private func setAlarm(_ due: Int64, _ state: inout State) {
        state.alarm = due
        guard due < .max else { return }
        system_timer_set(timer.rawValue, max(1, due - Clock.boottimeMilliseconds()))
    }
}

/// One poll that waits. It ends with this value.
final class PollWait: Sendable {
    let number: UInt64
    let files: JobFiles
    /// When the poll is answered in any case, in milliseconds of the boot clock.
    let end: Int64
    private let polls: WaitingPolls

    fileprivate init(number: UInt64, files: JobFiles, milliseconds: Int64, polls: WaitingPolls) {
        self.number = number
        self.files = files
        self.polls = polls
        end = Clock.boottimeMilliseconds() + milliseconds
    }

    deinit { polls.end(self) }

    var isOver: Bool { Clock.boottimeMilliseconds() >= end }

    /// Says that the connection is about to look at the job.
    func look() {
        polls.look(self)
    }

    /// Whether to look again, because the job has changed or the time is over.
    var hasNews: Bool { polls.hasNews(self) }

    /// Says when to look again at the latest, in milliseconds from now.
    func rest(_ milliseconds: Int64) {
        polls.rest(self, until: min(end, Clock.boottimeMilliseconds() + milliseconds))
    }
}
