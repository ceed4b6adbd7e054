import Glibc

/// A sign of life in the file of a lock: when its holder last proved that it runs.
///
/// A process that is stopped, frozen or traced holds its locks, but does not work. The kernel releases a lock only if
/// its holder ends.
struct Beat: Sendable, Equatable {
    /// CLOCK_BOOTTIME in milliseconds.
    let boottime: Int64
    /// The holder.
    let process: ProcessIdentity?

    /// Milliseconds without a beat after which a holder counts as stalled. Others then work beside it, so a limit that
    /// is too short on a busy machine harms nothing.
    static let limit: Int64 = 10_000
    /// Milliseconds between two beats.
    static let interval: Int64 = 1000
    /// Every beat has this length, so that a newer one replaces an older one completely.
    private static let length = 64

    static let own = ProcessTable.entry(getpid())?.identity

    /// Writes a beat of this process. A failure is ignored: the beat is then missing.
    ///
    /// - Parameter holder: The process that holds the lock.
    static func write(
        to lock: borrowing Descriptor, at now: Int64 = Clock.boottimeMilliseconds(), by holder: ProcessIdentity? = own
    ) {
        var text = Array("beat \(now) \(holder?.pid ?? 0) \(holder?.startTime ?? 0)".utf8)
        text += [UInt8](repeating: UInt8(ascii: " "), count: max(0, length - 1 - text.count)) + [UInt8(ascii: "\n")]
        _ = pwrite(lock.number, text, text.count, 0)
    }

    /// The last beat in a file; nil if there is none. An earlier version writes none.
    init?(in file: borrowing Descriptor, of path: String) {
        guard let bytes = try? file.read(Self.length, at: 0, of: path) else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard words.count == 4, words[0] == "beat", let boottime = Int64(words[1]) else { return nil }
        self.boottime = boottime
        process = ProcessIdentity("\(words[2]) \(words[3])")
    }

    /// Milliseconds since the beat. A beat of the future is one of an earlier boot.
    func age(at now: Int64 = Clock.boottimeMilliseconds()) -> Int64 {
        boottime > now + Self.limit ? .max : max(0, now - boottime)
    }

    /// Whether the holder of a lock is stalled. It looks twice, because a new holder writes its first beat after it has
    /// taken the lock.
    ///
    /// - Returns: The last beat of a stalled holder; nil if the holder lives, or if it is unknown whether it does.
    static func ofStalledHolder(of path: String) -> Beat? {
        guard let first = read(path), first.age() > limit else { return nil }
        usleep(100_000)
        return read(path) == first ? first : nil
    }

    private static func read(_ path: String) -> Beat? {
        guard let file = try? Descriptor.opening(replaceable: path, O_RDONLY, owner: nil) else { return nil }
        return Beat(in: file, of: path)
    }
}

/// What the run lock of an instance says about its broker.
package enum WatchState: Sendable, Equatable {
    /// No broker is on watch.
    case none
    /// A broker is on watch.
    case watching
    /// A broker is on watch, but has not proved for some milliseconds that it runs. Others work beside it.
    case stalled(pid: pid_t?, milliseconds: Int64)
}
