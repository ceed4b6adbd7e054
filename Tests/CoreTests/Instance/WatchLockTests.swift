import CSystem
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// The beat by which the broker on watch proves that it runs.
struct WatchLockTests {
    /// Writes the beat of a process that has been stopped for a while.
    static func makeStale(_ path: String) throws {
        let file = try Descriptor(opening: path, O_WRONLY)
        Beat.write(to: file, at: Clock.boottimeMilliseconds() - Beat.limit - 1)
    }

    @Test func `a broker that writes beats keeps the watch`() throws {
        let temporary = try TemporaryStorage()
        let lock = try #require(try WatchLock.take(in: temporary.storage))
        #expect(temporary.storage.watchState == .watching)
        #expect(try WatchLock.take(in: temporary.storage) == nil)
        #expect(!lock.isReplaced)
        withExtendedLifetime(lock) {}
    }

    @Test func `a broker without a beat is stalled, and is replaced`() throws {
        let temporary = try TemporaryStorage()
        let storage = temporary.storage
        let stalled = try #require(try WatchLock.take(in: storage))
        stalled.progress.at.withLock { $0 = nil }
        try Self.makeStale(storage.runLock)
        #expect(storage.isBrokerStalled)
        #expect(!storage.isBrokerWatching)
        guard case .stalled(getpid(), Beat.limit...) = storage.watchState else {
            Issue.record("\(storage.watchState)")
            return
        }
        let next = try #require(try WatchLock.take(in: storage))
        #expect(storage.watchState == .watching)
        #expect(stalled.isReplaced)
        #expect(!next.isReplaced)
        #expect(storage.replacedWatchState != .none, "doctor finds the stalled broker.")
        // It must not take the watch back by its next beat.
        stalled.beat()
        #expect(stalled.isReplaced)
        withExtendedLifetime((stalled, next)) {}
    }

    @Test func `a lock without a beat is that of an earlier version, which lives`() throws {
        let temporary = try TemporaryStorage()
        let storage = temporary.storage
        let lock = try Descriptor(opening: storage.runLock, O_RDWR | O_CREAT)
        #expect(system_try_ofd_lock(lock.number) == 0)
        #expect(storage.watchState == .watching)
        #expect(try WatchLock.take(in: storage) == nil)
    }

    @Test func `a beat of an earlier boot is stale`() throws {
        let temporary = try TemporaryStorage()
        let path = temporary.directory.path + "/lock"
        let now = Clock.boottimeMilliseconds()
        let file = try Descriptor(opening: path, O_RDWR | O_CREAT)
        Beat.write(to: file, at: now + 1_000_000_000)
        let future = Beat(in: file, of: path)
        #expect(try #require(future).age(at: now) > Beat.limit)
        #expect(Beat.ofStalledHolder(of: path) != nil)
        Beat.write(to: file)
        let own = Beat(in: file, of: path)
        #expect(own?.process?.pid == getpid())
        #expect(Beat.ofStalledHolder(of: path) == nil)
    }

    @Test func `a kill lock of a stalled broker is taken over`() throws {
        let temporary = try TemporaryStorage()
        let files = temporary.files(JobUUID())
        let first = try files.takeKillLock()
        try Self.makeStale(files.killLock)
        switch try files.takeKillLock() {
        case .some(let second):
            let isCurrent = second.isFile(at: files.killLock)
            #expect(isCurrent)
        case .none: Issue.record("The lock of a stalled broker was respected.")
        }
        switch first {
        case .some(let lock):
            let isCurrent = lock.isFile(at: files.killLock)
            #expect(!isCurrent, "The stalled broker notices that.")
        case .none: Issue.record("The lock was not free.")
        }
    }
}
