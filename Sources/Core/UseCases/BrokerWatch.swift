import CSystem
import Glibc
import Logging

/// Runs broker passes for a while: what cron starts every minute, and the responder right after a kill was asked for.
package struct BrokerWatch {
    /// Milliseconds between two looks when nothing happens.
    package static let interval: Int64 = 250
    /// Milliseconds after which the table is read again when a kill list would have told of something.
    package static let tableInterval: Int64 = 1000
    /// Milliseconds between two looks while something is being killed.
    private static let killingInterval: Int64 = 50

    private let pass: BrokerPass
    private let heartbeat: Heartbeat
    private let storage: Storage
    private let announcements: KillListListener?
    private let tableInterval: Int64
    private let outage: Outage

    /// A watch over an instance.
    ///
    /// - Parameters:
    ///   - pass: What it does again and again.
    ///   - heartbeat: The instance's signs of life.
    ///   - storage: The instance.
    ///   - killList: Where kills are announced; nil: in the table alone.
    ///   - tableInterval: Milliseconds between two readings of the table while the list answers.
    ///   - log: Where failures are told.
    package init(
        pass: BrokerPass, heartbeat: Heartbeat, storage: Storage, killList: (any KillList)? = nil,
        tableInterval: Int64 = Self.tableInterval, log: Logger
    ) {
        self.pass = pass
        self.heartbeat = heartbeat
        self.storage = storage
        self.tableInterval = tableInterval
        outage = Outage(log: log)
        announcements = killList.map { KillListListener($0, on: storage.serverUUID, log: log) }
    }

    /// Watches for a time, and longer where a kill is under way.
    ///
    /// - Parameters:
    ///   - milliseconds: 0 for one look.
    ///   - isWanted: Asked after every look; false ends the watch early.
    /// - Returns: false if another broker is on watch and this one left it to that.
    package func run(for milliseconds: Int64, while isWanted: () -> Bool = { true }) throws -> Bool {
        let deadline = Clock.boottimeMilliseconds() + milliseconds
        var everWatched = false
        repeat {
            guard try watch(until: deadline, while: isWanted) else {
                pass.finishStarting()
                return everWatched
            }
            everWatched = true
            // The run lock is free by now. Whoever saw it held a moment ago has left its work to us, so look once
            // more: a record that came in between is settled here, a kill makes another round.
            try lookOnce(readingTable: true)
        } while pass.isKilling
        pass.finishStarting()
        return true
    }

    /// Watches under the run lock; false if another holds it.
    private func watch(until deadline: Int64, while isWanted: () -> Bool) throws -> Bool {
        let lock = try Descriptor(opening: storage.runLock, O_RDWR | O_CREAT)
        guard system_try_ofd_lock(lock.number) == 0 else {
            guard errno == EAGAIN || errno == EACCES else { throw SystemError("fcntl", storage.runLock) }
            return false
        }
        let renames = Descriptor(
            owning: try valueOrErrno("inotify", storage.jobs) { system_watch_renames(storage.jobs) })
        var tableIsDue = true
        var tableReadAt = Clock.boottimeMilliseconds()
        var isTold = false
        while true {
            let begun = Clock.boottimeMilliseconds()
            let succeeded = try lookOnce(readingTable: tableIsDue)
            if succeeded, tableIsDue {
                tableReadAt = begun
                announcements?.lookedUp()
            }
            let now = Clock.boottimeMilliseconds()
            if now >= deadline || !isWanted(), !pass.isKilling { return true }
            // After the look: a list that does not answer holds no signal up.
            let isNews = announcements?.ask(isReadable: isTold) ?? false
            let interval = pass.isKilling ? Self.killingInterval : min(Self.interval, deadline - now)
            let woken = try wait(renames, isNews ? 0 : max(interval, 0))
            isTold = woken.byList
            let answers = announcements?.answers ?? false
            tableIsDue =
                !succeeded || !answers || isNews || isTold || woken.byRecord
                || Clock.boottimeMilliseconds() - tableReadAt >= tableInterval
        }
    }

    /// Waits for records and for what the list tells.
    private func wait(
        _ renames: borrowing Descriptor, _ milliseconds: Int64
    ) throws -> (byRecord: Bool, byList: Bool) {
        let descriptors = [renames.number] + [announcements?.descriptor].compactMap(\.self)
        let readable = try valueOrErrno("poll", storage.jobs) {
            system_await(descriptors, Int32(descriptors.count), Int32(milliseconds))
        }
        let byRecord = readable & 1 != 0
        if byRecord { system_drain(renames.number) }
        return (byRecord, readable & 2 != 0)
    }

    /// A store that does not answer now may answer at the next look; until then nothing is lost.
    ///
    /// - Returns: Whether it did.
    @discardableResult
    private func lookOnce(readingTable: Bool) throws -> Bool {
        do {
            try pass.look(readingTable: readingTable)
            try heartbeat.beat()
            outage.ended()
            return true
        } catch let error as StoreError {
            outage.goesOn(error)
            return false
        }
    }
}
