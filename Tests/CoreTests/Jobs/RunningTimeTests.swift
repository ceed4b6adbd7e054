import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// Durations and timeouts while the wall clock jumps.
struct RunningTimeTests {
    private static let day: Int64 = 86_400
    private static let started: Int64 = 1_790_000_000

    private static func settlement(wallEnd: Int64, ran: Int64?) -> Settlement {
        Settlement(
            status: .completed, finishedAt: wallEnd, ending: .init(exitCode: 0), ranMilliseconds: ran.map { $0 * 1000 })
    }

    @Test(arguments: [15 * 60, -15 * 60, 400 * day, -400 * day] as [Int64])
    func `a jump does not change the duration`(_ jump: Int64) {
        let end = Self.settlement(wallEnd: Self.started + jump + 7, ran: 7).finishedAt(startedAt: Self.started)
        #expect(end == Self.started + 7)
    }

    @Test func `without a jump the end is that of the wall clock`() {
        for difference in -Settlement.tolerance...Settlement.tolerance {
            let settlement = Self.settlement(wallEnd: Self.started + 7 + difference, ran: 7)
            #expect(settlement.finishedAt(startedAt: Self.started) == Self.started + 7 + difference)
        }
        let old = Self.settlement(wallEnd: Self.started + 500, ran: nil)
        #expect(old.finishedAt(startedAt: Self.started) == Self.started + 500)
        let back = Self.settlement(wallEnd: Self.started - 500, ran: nil)
        #expect(back.finishedAt(startedAt: Self.started) == Self.started)
    }

    @Test func `the running time counts from the start of the command's process`() throws {
        let temporary = try TemporaryStorage()
        let files = temporary.files(JobUUID())
        #expect(files.runningMilliseconds() == nil)
        let own = try #require(ProcessTable().entries[getpid()]).identity
        func write(boot: String) throws {
            try temporary.write(
                "supervisor \(own.pid) \(own.startTime)\ncommand \(own.pid) \(own.startTime)\nboot \(boot)\n",
                to: files.pid)
        }
        try write(boot: BootID.current)
        let ticks = UInt64(sysconf(Int32(_SC_CLK_TCK)))
        let start = Int64(own.startTime * 1000 / ticks)
        #expect(files.runningMilliseconds(now: start + 5000) == 5000)
        #expect(files.runningMilliseconds(now: start - 5000) == 0)
        let now = Clock.boottimeMilliseconds()
        #expect((0...now).contains(try #require(files.runningMilliseconds(now: now))))
        try write(boot: "another")
        #expect(files.runningMilliseconds() == nil)
    }

    @Test func `a job without a pid record is timed from when it was first seen`() throws {
        let temporary = try TemporaryStorage()
        var times = RunningTimes(temporary.storage)
        let uuid = JobUUID()
        #expect(times.milliseconds(of: uuid, now: 1000) == 0)
        #expect(times.milliseconds(of: JobUUID(), now: 3000) == 0)
        #expect(times.milliseconds(of: uuid, now: 6000) == 5000)
    }

    @Test func `a timeout says how long a job may still run`() {
        #expect(CommandTimeout(nil).left(after: .max) == nil)
        for (milliseconds, left) in [(0, 5000), (4999, 1), (5000, 0), (500_000, 0)] as [(Int64, Int64)] {
            #expect(CommandTimeout(5).left(after: milliseconds) == left)
        }
        #expect(CommandTimeout(.max).left(after: 1) == .max)
    }

    @Test func `the grace of a kill that another broker began counts by the boot clock`() throws {
        var record = KillRecord(
            requester: "ann@lab", startedBoottime: 1, bootID: "b", steps: [.init(signal: .interrupt, at: 5)])
        record.lastStepBoottime = 77
        #expect(KillRecord(record.text) == record)
        #expect(KillRecord(record.text)?.lastStepBoottime == 77)
    }
}
