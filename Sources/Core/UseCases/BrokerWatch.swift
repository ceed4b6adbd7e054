import CSystem
import Glibc
import Logging

/// Runs broker passes for a while: what cron starts every minute, and the responder right after a kill was asked for.
public struct BrokerWatch {
    /// Milliseconds between two looks when nothing happens.
    public static let interval: Int64 = 250
    /// Milliseconds between two looks while something is being killed.
    private static let killingInterval: Int64 = 50

    private let pass: BrokerPass
    private let heartbeat: Heartbeat
    private let storage: Storage
    private let log: Logger

    /// A watch over an instance.
    public init(pass: BrokerPass, heartbeat: Heartbeat, storage: Storage, log: Logger) {
        self.pass = pass
        self.heartbeat = heartbeat
        self.storage = storage
        self.log = log
    }

    /// Watches for a time, and longer where a kill is under way.
    ///
    /// - Parameter milliseconds: 0 for one look.
    /// - Returns: false if another broker is on watch and this one left it to that.
    /// - Throws: ``SystemError``.
    public func run(for milliseconds: Int64) throws -> Bool {
        let deadline = Clock.boottimeMilliseconds() + milliseconds
        var everWatched = false
        repeat {
            guard try watch(until: deadline) else { return everWatched }
            everWatched = true
            // The run lock is free by now. Whoever saw it held a moment ago has left its work to us, so look once
            // more: a record that came in between is settled here, a kill makes another round.
            try lookOnce()
        } while pass.isKilling
        return true
    }

    /// Watches under the run lock; false if another holds it.
    private func watch(until deadline: Int64) throws -> Bool {
        let lock = try Descriptor(opening: storage.runLock, O_RDWR | O_CREAT)
        guard system_try_ofd_lock(lock.number) == 0 else {
            guard errno == EAGAIN || errno == EACCES else { throw SystemError("fcntl", storage.runLock) }
            return false
        }
        let renames = Descriptor(
            owning: try valueOrErrno("inotify", storage.jobs) { system_watch_renames(storage.jobs) })
        while true {
            try lookOnce()
            let now = Clock.boottimeMilliseconds()
            if now >= deadline, !pass.isKilling { return true }
            let interval = pass.isKilling ? Self.killingInterval : min(Self.interval, deadline - now)
            _ = try valueOrErrno("poll", storage.jobs) { system_await(renames.number, Int32(max(interval, 0))) }
        }
    }

    /// A store that does not answer now may answer at the next look; until then nothing is lost.
    private func lookOnce() throws {
        do {
            try pass.look()
            try heartbeat.beat()
        } catch let error as StoreError {
            log.error("the store did not answer", metadata: ["error": "\(error)"])
        }
    }
}
