/// The time by which old executions are removed. It survives a wall clock that jumps.
///
/// It advances with the boot clock: a day of it takes a day in which the machine runs. If the wall clock jumps ahead by
/// 400 days, nothing becomes old at once. A value without side effects; ``RetentionTime`` keeps it in the storage.
package struct RetentionClock: Sendable, Equatable {
    /// The time of retention at the last reading, in milliseconds since 1970.
    package private(set) var time: Int64
    /// The clocks at the last reading.
    package private(set) var reading: Reading
    /// For how long the wall clock has been behind this time, in milliseconds of running time.
    package private(set) var behind: Int64
    /// The last jump of the wall clock; nil if none was seen.
    package private(set) var jump: Jump?
    /// The newest rows of the store at some times, oldest first.
    package private(set) var marks: [Mark] = []

    /// The clocks of a machine at one moment.
    package struct Reading: Sendable, Equatable {
        /// Milliseconds since 1970.
        package var wall: Int64
        /// Milliseconds of the boot clock.
        package var boottime: Int64
        package var bootID: String

        package init(wall: Int64, boottime: Int64, bootID: String) {
            self.wall = wall
            self.boottime = boottime
            self.bootID = bootID
        }

        /// The clocks now.
        package static var now: Reading {
            Reading(
                wall: Clock.realtimeMilliseconds(), boottime: Clock.boottimeMilliseconds(), bootID: BootID.current)
        }
    }

    /// A jump of the wall clock.
    package struct Jump: Sendable, Equatable {
        /// Milliseconds; negative for a jump back.
        package var by: Int64
        /// The wall clock after it, in milliseconds since 1970.
        package var to: Int64
        /// ``RetentionClock/time`` at the jump.
        package var at: Int64
    }

    /// The newest rows of the store at one time. It tells the true age of rows whose times a wrong clock gave.
    package struct Mark: Sendable, Equatable {
        /// ``RetentionClock/time``.
        package var time: Int64
        /// The largest `id` of `remotisan_executions`.
        package var executions: Int64
        /// The largest `id` of `remotisan_refusals`.
        package var refusals: Int64
    }

    /// A smaller difference between two readings is a correction of the clock, not a jump. Milliseconds.
    package static let jumpThreshold: Int64 = 30_000
    /// If the wall clock has been behind for this long, it is right and this time was wrong. Milliseconds.
    private static let behindLimit: Int64 = 86_400_000

    /// A clock that begins.
    ///
    /// - Parameter newestFile: When a file of the storage was last changed, in milliseconds since 1970. The storage has
    ///   not been in use since then, so the time after it does not count if the clock is wrong.
    package init(_ reading: Reading, newestFile: Int64) {
        self.reading = reading
        time = min(reading.wall, newestFile)
        behind = 0
    }

    /// Advances the time.
    ///
    /// - Returns: How far the wall clock has jumped since the last reading, in milliseconds; nil if it has not. Across
    ///   a boot only a jump back can be seen.
    package mutating func advance(to new: Reading) -> Int64? {
        let isSameBoot = new.bootID == reading.bootID
        let running = isSameBoot ? max(0, new.boottime - reading.boottime) : max(0, new.boottime)
        let difference = new.wall - reading.wall - running
        let hasJumped = isSameBoot ? abs(difference) >= Self.jumpThreshold : difference < -Self.jumpThreshold
        // Small corrections count, so that this time and a right wall clock do not drift apart.
        time += isSameBoot && !hasJumped ? max(0, running + difference) : running
        if hasJumped { jump = Jump(by: difference, to: new.wall, at: time) }
        behind = new.wall < time ? behind + running : 0
        if behind >= Self.behindLimit {
            time = new.wall
            behind = 0
        }
        reading = new
        return hasJumped ? difference : nil
    }

    /// Remembers the newest rows of the store. Older marks are thinned out, so that a mark is at most a sixteenth of
    /// its age away from the next one.
    package mutating func mark(_ newest: NewestRowNumbers) {
        let new = Mark(time: time, executions: newest.executions, refusals: newest.refusals)
        if let last = marks.last, last.executions == new.executions, last.refusals == new.refusals { return }
        marks.append(new)
        for index in marks.indices.dropFirst().dropLast().reversed()
        where marks[index + 1].time - marks[index - 1].time < (time - marks[index].time) / 16 {
            marks.remove(at: index)
        }
    }

    /// The newest rows that may be removed because they were there at a time; nil if the times of all rows are right.
    ///
    /// While the wall clock was behind, new rows got old times. So the times of rows are not enough until everything
    /// before the last jump is old.
    ///
    /// - Parameter seconds: Unix seconds.
    package func newestRows(at seconds: Int64) -> NewestRowNumbers? {
        guard let jump, seconds * 1000 <= jump.at else { return nil }
        // Rows before the first mark are older than this clock. Their times are all that is known.
        let mark = marks.last { $0.time <= seconds * 1000 } ?? marks.first
        return NewestRowNumbers(executions: mark?.executions ?? 0, refusals: mark?.refusals ?? 0)
    }

    /// What is older than this is old, in Unix seconds. A wall clock that is behind makes nothing older.
    package var seconds: Int64 { min(time, reading.wall) / 1000 }

    /// How far the wall clock is ahead of this time, in milliseconds.
    package var lag: Int64 { max(0, reading.wall - time) }
}

extension RetentionClock {
    /// Parses the text of the file; nil if it is malformed.
    init?(_ text: String) {
        let record = RecordText(text)
        guard let time = record.integer("time", as: Int64.self), let wall = record.integer("wall", as: Int64.self),
            let boottime = record.integer("boottime", as: Int64.self), let boot = record["boot"]
        else { return nil }
        self.time = time
        reading = Reading(wall: wall, boottime: boottime, bootID: boot)
        behind = record.integer("behind") ?? 0
        if let by = record.integer("jump_by", as: Int64.self), let to = record.integer("jump_to", as: Int64.self),
            let at = record.integer("jump_at", as: Int64.self)
        {
            jump = Jump(by: by, to: to, at: at)
        }
        marks = record.all("mark").compactMap { line in
            let numbers = line.split(separator: " ").compactMap { Int64($0) }
            return numbers.count == 3 ? Mark(time: numbers[0], executions: numbers[1], refusals: numbers[2]) : nil
        }
    }

    /// The text of the file.
    var text: String {
        var lines = [
            "time \(time)", "wall \(reading.wall)", "boottime \(reading.boottime)", "boot \(reading.bootID)",
            "behind \(behind)",
        ]
        if let jump { lines += ["jump_by \(jump.by)", "jump_to \(jump.to)", "jump_at \(jump.at)"] }
        lines += marks.map { "mark \($0.time) \($0.executions) \($0.refusals)" }
        return lines.joined(separator: "\n") + "\n"
    }
}
