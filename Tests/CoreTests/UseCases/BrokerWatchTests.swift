import CSystem
import Glibc
import Logging
import TestSupport
import Testing

@testable import Core

/// When a broker on watch runs its passes.
struct BrokerWatchTests {
    private static let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func watch(_ site: KillSite) -> BrokerWatch {
        let heartbeat = Heartbeat(
            registry: site.store, configuration: site.configuration.instance, storage: site.storage, log: log)
        return BrokerWatch(pass: site.pass, heartbeat: heartbeat, storage: site.storage, store: site.store, log: log)
    }

    /// Runs passes, and calls `between` after each. Returns the times of the passes in milliseconds.
    private static func passes(_ count: Int, in site: KillSite, between: (Int) -> Void = { _ in }) throws -> [Int64] {
        var times: [Int64] = []
        _ = try watch(site).run(for: 600_000) {
            times.append(Clock.boottimeMilliseconds())
            between(times.count)
            return times.count < count
        }
        return times
    }

    @Test func `a broker with nothing to do rests for a second, because all that could happen is announced`()
        async throws
    {
        try await onThread {
            let site = try KillSite([:])
            let times = try Self.passes(4, in: site)
            // The first pass reads the store. Later ones are not due.
            #expect(times[3] - times[1] >= 1900)
        }
    }

    @Test func `jobs with news within a few milliseconds share a pass`() async throws {
        try await onThread {
            let site = try KillSite([:])
            let times = try Self.passes(20, in: site) { number in
                // A record that appears after each pass. Its job is unknown to the store.
                let path = "\(site.storage.jobs)/\(JobUUID()).pid"
                _ = try? Descriptor(opening: path + ".new", O_WRONLY | O_CREAT)
                #expect(rename(path + ".new", path) == 0)
            }
            // A clock of milliseconds makes each pause up to one of them shorter.
            #expect(times[19] - times[1] >= 18 * 9)
        }
    }

    @Test func `waking the broker makes a descriptor of its own readable, which records do not`() throws {
        let site = try KillSite([:])
        let lock = try #require(try WatchLock.take(in: site.storage))
        defer { withExtendedLifetime(lock) {} }
        let changes = JobChanges(site.storage) { _ in Issue.record("inotify is missing") }
        let path = "\(site.storage.jobs)/\(JobUUID()).pid"
        _ = try Descriptor(opening: path + ".new", O_WRONLY | O_CREAT)
        #expect(rename(path + ".new", path) == 0)
        let all = changes.descriptors
        #expect(system_await(all, Int32(all.count), 10_000) != 0)
        #expect(system_await([changes.callDescriptor], 1, 0) == 0)
        site.storage.wakeBroker()
        #expect(system_await([changes.callDescriptor], 1, 10_000) == 1)
        changes.read()
        #expect(system_await([changes.callDescriptor], 1, 0) == 0)
    }
}
