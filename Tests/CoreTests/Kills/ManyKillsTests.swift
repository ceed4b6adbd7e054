import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Core

/// Killing many jobs costs one reading of the processes for all of them.
struct ManyKillsTests {
    /// Readings of the process table that a pass may take: one for the kills, one for the settling, and one for each
    /// millisecond and more that processes take to stop, twice.
    private static let perPass = 2 + 2 * SignalRound.stopLimit

    @Test func `the number of readings does not depend on the number of jobs`() async throws {
        try await onThread {
            let site = try KillSite(["sleep": "run: [sleep, '600']"], kill: "{ grace: 30s }")
            let uuids = try (0..<(2 * Self.perPass)).map { _ in try site.start("sleep") }
            for uuid in uuids { #expect(try site.store.requestKill(uuid, by: "ann@lab")) }
            var before = site.pass.reader.counts
            try site.settle(uuids) {
                let now = site.pass.reader.counts
                #expect(now.tables - before.tables <= Self.perPass)
                #expect(now.environments - before.environments <= Self.perPass)
                before = now
            }
            for uuid in uuids {
                #expect(try site.row(uuid).status == .killed)
                #expect(try site.signals(uuid) == [.terminate])
            }
        }
    }

    @Test func `the loss of many supervisors is noticed with one reading`() async throws {
        try await onThread {
            let site = try KillSite(["sleep": "run: [sleep, '600']"], kill: "{ grace: 30s }")
            let uuids = try (0..<20).map { _ in try site.start("sleep") }
            for uuid in uuids {
                let supervisor = try #require(try site.temporary.files(uuid).pidRecord()).supervisor
                kill(supervisor.pid, SIGKILL)
                try site.temporary.waitForEnd(of: uuid)
            }
            let before = site.pass.reader.counts
            #expect(try site.pass.run() == uuids.count, "The commands are running.")
            let after = site.pass.reader.counts
            #expect(after.tables - before.tables == 1)
            #expect(after.environments - before.environments == 1)
            for uuid in uuids { #expect(try site.store.requestKill(uuid, by: "ann@lab")) }
            try site.settle(uuids)
            #expect(try uuids.allSatisfy { try site.row($0).status == .killed })
        }
    }

    @Test func `a kill of one job begins with the processes of that job only`() async throws {
        try await onThread {
            let site = try KillSite(["sleep": "run: [sh, -c, 'sleep 600; true']"], kill: "{ grace: 30s }")
            let uuid = try site.start("sleep")
            #expect(try site.store.requestKill(uuid, by: "ann@lab"))
            #expect(try site.pass.run() == 1)
            #expect(site.pass.reader.counts.trees == 1)
            #expect(site.pass.reader.counts.tables >= 1, "All processes are read before the signal.")
            #expect(try site.signals(uuid) == [.terminate])
            try site.settle([uuid])
            #expect(try site.row(uuid).status == .killed)
        }
    }

    @Test func `while a kill waits for its grace, not every pass reads the processes`() async throws {
        try await onThread {
            let site = try KillSite(
                ["stubborn": "run: [sh, -c, \"trap '' TERM; touch @WORK@/ready; while :; do sleep 0.1; done\"]"],
                kill: "{ signals: [TERM, KILL], grace: 30s }")
            let uuid = try site.start("stubborn")
            try blockUntil("the trap") { FileManager.default.fileExists(atPath: site.work + "/ready") }
            #expect(try site.store.requestKill(uuid, by: "ann@lab"))
            let changes = JobChanges(site.storage) { _ in Issue.record("inotify is missing") }
            // Two passes in a row may take longer than a kill waits between two looks.
            try blockUntil("a pass that reads no process") {
                let before = site.pass.reader.counts
                #expect(try site.pass.run(of: changes) == 1)
                return try site.signals(uuid) == [.terminate] && site.pass.reader.counts == before
            }
            // The kernel does not announce a request for KILL at once.
            try site.temporary.files(uuid).forceKill()
            #expect(try site.pass.run(of: changes) == 1)
            #expect(try site.signals(uuid) == [.terminate, .kill])
            try blockUntil("the end of the job") { try site.pass.run(of: changes) == 0 }
            #expect(try site.row(uuid).status == .killed)
        }
    }

    @Test func `without a job that needs it, no process is read`() async throws {
        try await onThread {
            let site = try KillSite(["await": "run: [sh, -c, 'until [ -e go ]; do sleep 0.02; done']"])
            let uuid = try site.start("await")
            #expect(try site.pass.run() == 1)
            #expect(site.pass.reader.counts == ProcessReader.Counts())
            #expect(FileManager.default.createFile(atPath: site.work + "/go", contents: nil))
            try site.settle([uuid])
            #expect(site.pass.reader.counts == ProcessReader.Counts())
        }
    }

    @Test func `requests that come while a broker starts need no further broker`() async throws {
        try await onThread {
            let temporary = try TemporaryStorage()
            let started = Counter()
            let starter = BrokerStarter(temporary.storage, startTimeout: -1) { () throws(SystemError) in
                started.increase()
                // It reads its input until the test closes it. Without an output it would end at once.
                let null = try Descriptor(opening: "/dev/null", O_RDWR)
                return try ChildProcess.spawn(
                    "/bin/cat", arguments: ["cat"], environment: [:],
                    descriptors: [started.input, null.number, null.number])
            }
            for _ in 0..<100 { try starter.wake() }
            #expect(started.count == 1)
            started.closeInput()
            // The requests may have come after the broker has read the store, so another one looks.
            try blockUntil("a second broker") { started.count == 2 }
        }
    }

    /// Counts calls. The programs that they start end when the input is closed.
    private final class Counter: Sendable {
        let input: Int32
        private let writing: Int32
        private let calls = Mutex(0)

        init() {
            var ends: [Int32] = [0, 0]
            pipe(&ends)
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            (input, writing) = (ends[0], ends[1])
        }

        var count: Int { calls.withLock { $0 } }
        func increase() { calls.withLock { $0 += 1 } }
        func closeInput() { close(writing) }
        deinit { close(input) }
    }
}
