import Foundation
import Logging
import SQLiteStore
import TestSupport
import Testing

@testable import Core

/// The time by which old executions are removed, while the wall clock jumps.
struct RetentionClockTests {
    private static let start: Int64 = 1_790_000_000_000
    private static let day: Int64 = 86_400_000
    private static let minute: Int64 = 60_000

    private static func reading(wall: Int64, boottime: Int64, boot: String = "b1") -> RetentionClock.Reading {
        .init(wall: start + wall, boottime: boottime, bootID: boot)
    }

    private static func clock() -> RetentionClock {
        RetentionClock(reading(wall: 0, boottime: 1000), newestFile: start)
    }

    @Test func `without jumps the retention clock is the wall clock`() {
        var clock = Self.clock()
        for minutes in 1...Int64(1000) {
            #expect(
                clock.advance(to: Self.reading(wall: minutes * Self.minute, boottime: 1000 + minutes * Self.minute))
                    == nil)
        }
        #expect(clock.seconds == (Self.start + 1000 * Self.minute) / 1000)
        #expect(clock.lag == 0)
    }

    @Test(arguments: [15 * minute, 400 * day, -15 * minute, -400 * day])
    func `a jump makes nothing old, and its way back repairs everything`(_ jump: Int64) {
        var clock = Self.clock()
        #expect(clock.advance(to: Self.reading(wall: jump + Self.minute, boottime: 1000 + Self.minute)) == jump)
        #expect(clock.jump?.by == jump)
        #expect(clock.seconds <= (Self.start + Self.minute) / 1000)
        #expect(clock.lag == max(0, jump))
        // A day later nothing is older than a day.
        #expect(clock.advance(to: Self.reading(wall: jump + Self.day, boottime: 1000 + Self.day)) == nil)
        #expect(clock.seconds <= (Self.start + Self.day) / 1000)
        #expect(
            clock.advance(to: Self.reading(wall: Self.day + Self.minute, boottime: 1000 + Self.day + Self.minute))
                == -jump)
        if jump > 0 { #expect(clock.seconds == (Self.start + Self.day + Self.minute) / 1000) }
        #expect(clock.seconds <= (Self.start + Self.day + Self.minute) / 1000)
    }

    @Test func `a short jump back and its return leave no gap`() {
        var clock = Self.clock()
        for (wall, boottime) in [(-400 * Self.day, Self.minute), (2 * Self.minute, 2 * Self.minute)] {
            _ = clock.advance(to: Self.reading(wall: wall, boottime: 1000 + boottime))
        }
        #expect(clock.seconds == (Self.start + 2 * Self.minute) / 1000)
        #expect(clock.lag == 0)
    }

    @Test func `a wall clock that stays behind for a day is believed`() {
        var clock = RetentionClock(Self.reading(wall: 400 * Self.day, boottime: 0), newestFile: .max)
        for hours in Int64(1)...30 {
            _ = clock.advance(to: Self.reading(wall: hours * 3_600_000, boottime: hours * 3_600_000))
        }
        // A second jump ahead makes nothing old either.
        _ = clock.advance(to: Self.reading(wall: 400 * Self.day, boottime: 31 * 3_600_000))
        #expect(clock.seconds <= (Self.start + 31 * 3_600_000) / 1000)
    }

    @Test func `across a boot only the time since it counts`() {
        var clock = Self.clock()
        #expect(clock.advance(to: Self.reading(wall: 400 * Self.day, boottime: 5 * Self.minute, boot: "b2")) == nil)
        #expect(clock.seconds == (Self.start + 5 * Self.minute) / 1000)
        #expect(clock.advance(to: Self.reading(wall: 0, boottime: Self.minute, boot: "b3")) != nil)
    }

    @Test func `a small correction is not a jump`() {
        var clock = Self.clock()
        #expect(clock.advance(to: Self.reading(wall: Self.minute + 20_000, boottime: 1000 + Self.minute)) == nil)
        #expect(
            clock.advance(to: Self.reading(wall: 2 * Self.minute - 20_000, boottime: 1000 + 2 * Self.minute)) != nil)
        #expect(clock.jump?.by == -40_000)
    }

    @Test func `a first reading by a wrong clock does not count time in which the storage was not used`() {
        let clock = RetentionClock(Self.reading(wall: 400 * Self.day, boottime: 9), newestFile: Self.start)
        #expect(clock.seconds == Self.start / 1000)
    }

    @Test func `parsing a written clock returns the same clock`() throws {
        var clock = Self.clock()
        #expect(RetentionClock(clock.text) == clock)
        _ = clock.advance(to: Self.reading(wall: -Self.day, boottime: 2000))
        #expect(RetentionClock(clock.text) == clock)
        for text in ["", "time 1", "time x\nwall 1\nboottime 1\nboot b"] { #expect(RetentionClock(text) == nil) }
    }

    @Test func `the retention clock is kept in the storage, and a jump is logged once and reported by doctor`() throws {
        let temporary = try TemporaryStorage()
        let log = RecordedLog()
        let time = RetentionTime(temporary.storage, log: log.logger)
        let store = try SQLiteStore(path: temporary.storage.database)
        try store.migrate()
        var reading = RetentionClock.Reading.now
        let first = try time.advance(marking: store, to: reading)
        #expect(try time.current == first)
        #expect(ClockJumpCheck(first, at: reading).findings.isEmpty)
        reading.wall += 400 * Self.day
        reading.boottime += 1000
        let second = try time.advance(marking: store, to: reading)
        #expect(try time.current == second)
        #expect(second.seconds - first.seconds <= 1)
        reading.boottime += 1000
        reading.wall += 1000
        try time.advance(marking: store, to: reading)
        #expect(log.count("the clock of this machine jumped") == 1)
        let finding = try #require(ClockJumpCheck(second, at: reading).findings.first)
        #expect(finding.severity == .warning)
        #expect(finding.text.contains("jumped: 400 d ahead"))
    }

    @Test func `doctor sees a jump that no program has seen yet`() throws {
        let clock = Self.clock()
        let findings = ClockJumpCheck(clock, at: Self.reading(wall: -15 * Self.minute, boottime: 2000)).findings
        #expect(findings.first?.text.contains("15 min back") == true)
    }

    // MARK: Rows with wrong times

    @Test func `marks tell which rows were there at a time, while the times of rows may be wrong`() throws {
        var clock = Self.clock()
        clock.mark(.init(executions: 10, refusals: 1))
        #expect(clock.newestRows(at: Self.start / 1000) == nil, "Without a jump the times of rows are right.")
        for hour in Int64(1)...100 {
            _ = clock.advance(to: Self.reading(wall: hour * 3_600_000, boottime: 1000 + hour * 3_600_000))
            clock.mark(.init(executions: 10 + hour, refusals: 1))
        }
        _ = clock.advance(to: Self.reading(wall: -400 * Self.day, boottime: 1000 + 101 * 3_600_000))
        for hour in Int64(0)...100 {
            let newest = try #require(clock.newestRows(at: Self.start / 1000 + hour * 3600))
            // Never a row that was not there, and not much later than it could be.
            #expect(newest.executions <= 10 + hour)
            #expect(newest.executions >= 10 + hour - max(1, (100 - hour) / 16) - 1)
        }
        #expect(try #require(clock.newestRows(at: 0)).executions == 10)
        #expect(clock.newestRows(at: clock.time / 1000 + 1) == nil, "All rows of that time are old.")
        #expect(clock.marks.count < 80)
        #expect(RetentionClock(clock.text) == clock)
    }

    @Test(arguments: [-15 * minute, -400 * day, 15 * minute, 400 * day])
    func `rows that were made while the clock was wrong are kept as long as others`(_ jump: Int64) throws {
        let temporary = try TemporaryStorage()
        let store = try SQLiteStore(path: temporary.storage.database)
        try store.migrate()
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let time = RetentionTime(temporary.storage, log: log)
        let keep: Int64 = 600
        var reading = RetentionClock.Reading.now
        func pass(_ milliseconds: Int64, jump: Int64 = 0) {
            reading.boottime += milliseconds
            reading.wall += milliseconds + jump
        }
        func insert() throws -> JobUUID {
            let uuid = JobUUID()
            let now = reading.wall / 1000
            _ = try store.insert(.sample(uuid, server: temporary.storage.serverUUID, executedAt: now), limit: nil)
            _ = try store.settle(
                uuid, Settlement(status: .completed, finishedAt: now, ending: .init(exitCode: 0), ranMilliseconds: 0))
            try store.insert(Refusal(userIdentifier: "a", command: "b", parameters: "", reason: "c", at: now))
            return uuid
        }
        func purge() throws {
            let clock = try time.advance(marking: store, to: reading)
            let cutoff = clock.seconds - keep
            _ = try PurgeHistory(store: store, storage: temporary.storage, by: .test, log: log)
                .purge(endedBefore: cutoff, upTo: clock.newestRows(at: cutoff))
        }
        let before = try insert()
        try purge()
        pass(Self.minute, jump: jump)
        try time.advance(marking: store, isRegular: false, to: reading)
        let during = try insert()
        pass(Self.minute)
        try purge()
        pass(Self.minute, jump: -jump)
        let after = try insert()
        for _ in 0..<3 {
            try purge()
            pass(Self.minute)
        }
        for uuid in [before, during, after] { #expect(try store.execution(uuid) != nil) }
        #expect(try store.refusals(limit: 9).count == 3)
        for _ in 0..<12 {
            pass(Self.minute)
            try purge()
        }
        #expect(try store.execution(before) == nil)
        #expect(try store.execution(after) == nil)
        // A row with a time in the future stays until then.
        #expect(try (store.execution(during) == nil) == (jump < 0))
    }
}
