import CSystem
import Foundation
import Glibc
import Synchronization

/// The run lock, held by the broker on watch, and the beat in it.
///
/// A broker that is stalled holds its lock. Another broker then replaces the file under the lock. So every program
/// finds the new broker at the name of the file. The stalled one notices that as soon as it runs again, and ends its
/// watch.
final class WatchLock {
    private let file: Descriptor
    private let path: String
    let progress: Progress
    private var hasThread = false

    /// When the watch last made progress, for the thread that writes the beats of a long pass; nil when it is over.
    final class Progress: Sendable {
        let at = Mutex<Int64?>(Clock.boottimeMilliseconds())
    }

    /// Milliseconds for which a pass may hang in a store and the broker still counts as alive.
    private static let passLimit: Int64 = 60_000

    /// Takes the run lock.
    ///
    /// - Returns: nil if another broker holds it and lives.
    static func take(in storage: Storage) throws(SystemError) -> WatchLock? {
        let path = storage.runLock
        while true {
            let file = try Descriptor(opening: path, O_RDWR | O_CREAT)
            if system_try_ofd_lock(file.number) == 0 {
                // Another broker may have replaced the file meanwhile.
                if file.isFile(at: path) { return WatchLock(file, path) }
                continue
            }
            guard errno == EAGAIN || errno == EACCES else { throw SystemError("fcntl", path) }
            guard let beat = Beat.ofStalledHolder(of: path) else { return nil }
            return try replace(storage, of: beat)
        }
    }

    /// Takes the watch over from a stalled broker.
    private static func replace(_ storage: Storage, of beat: Beat) throws(SystemError) -> WatchLock {
        let path = storage.runLock
        let aside = "\(path).\(getpid()).new"
        unlink(aside)
        let file = try Descriptor(opening: aside, O_RDWR | O_CREAT | O_EXCL)
        guard system_try_ofd_lock(file.number) == 0 else { throw SystemError("fcntl", aside) }
        let lock = WatchLock(file, path)
        // Kept under another name, so that doctor finds the stalled broker.
        unlink(storage.stalledLock)
        link(path, storage.stalledLock)
        guard rename(aside, path) == 0 else {
            let error = SystemError("rename", path)
            unlink(aside)
            throw error
        }
        // It may hold a lock of the database, too. It leaves the watch when it runs again.
        if let process = beat.process { _ = SignalSender.send(SIGCONT, to: process) }
        return lock
    }

    private init(_ file: consuming Descriptor, _ path: String) {
        self.file = file
        self.path = path
        progress = Progress()
        ftruncate(self.file.number, 0)
        beat()
    }

    deinit {
        progress.at.withLock { $0 = nil }
    }

    /// Proves that this broker runs. Call it before each pass.
    func beat() {
        let now = Clock.boottimeMilliseconds()
        progress.at.withLock { $0 = now }
        Beat.write(to: file, at: now)
        if !hasThread { hasThread = beatDuringLongPasses() }
    }

    /// Whether another broker has taken the watch over.
    var isReplaced: Bool { !file.isFile(at: path) }

    /// Writes beats on a thread of its own while a pass waits for a store. A process that is stopped writes none.
    ///
    /// - Returns: Whether the thread could be started.
    private func beatDuringLongPasses() -> Bool {
        // A descriptor of its own, because the lock must be free as soon as the watch ends.
        guard let own = try? Descriptor(opening: "/proc/self/fd/\(file.number)", following: O_WRONLY) else {
            return false
        }
        let number = own.release()
        let progress = progress
        let isStarted = (try? Threads.start { Self.writeBeats(to: Descriptor(owning: number), progress) }) != nil
        if !isStarted { close(number) }
        return isStarted
    }

    private static func writeBeats(to own: consuming Descriptor, _ progress: Progress) {
        var isOver = false
        while !isOver {
            usleep(UInt32(Beat.interval) * 500)
            let now = Clock.boottimeMilliseconds()
            progress.at.withLock { last in
                guard let last else { return isOver = true }
                if now - last >= Beat.interval, now - last < passLimit { Beat.write(to: own, at: now) }
            }
        }
    }
}

extension Descriptor {
    /// Whether a path names this open file.
    func isFile(at path: String) -> Bool {
        var own = stat()
        var named = stat()
        guard fstat(number, &own) == 0 else { return false }
        // A missing file was removed. A broker that takes over would have replaced it.
        guard lstat(path, &named) == 0 else { return errno == ENOENT }
        return own.st_ino == named.st_ino && own.st_dev == named.st_dev
    }
}
