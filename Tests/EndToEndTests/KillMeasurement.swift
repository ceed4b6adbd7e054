import CSystem
import Glibc
import TestSupport
import Testing

@testable import Core

/// Measures the kills of many jobs and prints the results. Set REMOTISAN_MEASURE=1 to run it.
///
/// The aims hold for the release build on a quiet machine: 1,000 requests of one client in 3 s, and 1,000 jobs that are
/// killed at once dead and settled in 2 s.
@Suite struct KillMeasurement {
    private static let jobs = 1000

    @Test(.enabled(if: HistoryMeasurement.isEnabled)) func `measure a thousand kills`() async throws {
        try await Installation.run(alone: true) { installation in
            let ann = try await installation.person("ann")
            let (requests, uuids) = try await withoutBroker(installation) {
                var uuids: [JobUUID] = []
                for _ in 0..<Self.jobs { uuids.append(try await ann.start("sleep", "600")) }
                let begun = Clock.boottimeMilliseconds()
                for uuid in uuids { #expect(try await ann.kill(uuid).status == 200) }
                return (Clock.boottimeMilliseconds() - begun, uuids)
            }
            print("\(Self.jobs) POST /kill, while a broker seems to watch: \(requests) ms.")

            let polling = Clock.boottimeMilliseconds()
            for uuid in uuids { _ = try await ann.poll(uuid) }
            print("For comparison, \(Self.jobs) polls: \(Clock.boottimeMilliseconds() - polling) ms.")

            let begun = Clock.boottimeMilliseconds()
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            print("A broker that finds \(Self.jobs) kill requests: \(Clock.boottimeMilliseconds() - begun) ms.")
            #expect(try await ann.get("/history?status=1").json(History.self).total == 0)
            #expect(try await ann.get("/history?status=4").json(History.self).total == uuids.count)
            #expect(try await ann.settled(uuids[0]).status == .killed)

            var more: [JobUUID] = []
            for _ in 0..<Self.jobs { more.append(try await ann.start("sleep", "600")) }
            let again = Clock.boottimeMilliseconds()
            for uuid in more { #expect(try await ann.kill(uuid).status == 200) }
            print("\(Self.jobs) POST /kill, which start brokers: \(Clock.boottimeMilliseconds() - again) ms.")
            try await waitUntil("the settling") {
                try await ann.get("/history?status=1").json(History.self).total == 0
            }
            print("Until all are settled: \(Clock.boottimeMilliseconds() - again) ms.")
        }
    }

    /// Holds the run lock as a broker on watch does.
    private func withoutBroker<Value>(
        _ installation: Installation, _ body: () async throws -> Value
    ) async throws -> Value {
        let number = open(installation.storage + "/run.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        defer { close(number) }
        if ServiceAccount.isSeparate { fchown(number, ServiceAccount.user, ServiceAccount.group) }
        try #require(system_try_ofd_lock(number) == 0)
        return try await body()
    }
}
