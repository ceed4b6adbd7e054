import Glibc

/// The kill lock of a job, with the beat of the broker that holds it.
struct KillLock: ~Copyable {
    private let file: Descriptor
    /// False on a full disk. Then two brokers may send the same signals.
    private let isHeld: Bool
    private let path: String
    /// When the last beat was written, in milliseconds of the boot clock.
    private var beatAt = Clock.boottimeMilliseconds()

    /// Takes the lock. A kill on a full disk goes on without it.
    ///
    /// - Returns: nil if another broker holds it and lives.
    static func take(_ files: JobFiles) throws(SystemError) -> KillLock? {
        do throws(SystemError) {
            guard let file = try files.takeKillLock() else { return nil }
            return KillLock(file, isHeld: true, at: files.killLock)
        } catch {
            guard error.isOfFullDisk else { throw error }
            return KillLock(try Descriptor(opening: "/dev/null", O_RDWR), isHeld: false, at: files.killLock)
        }
    }

    private init(_ file: consuming Descriptor, isHeld: Bool, at path: String) {
        self.file = file
        self.isHeld = isHeld
        self.path = path
    }

    /// Proves that this broker runs, at most once a second.
    ///
    /// - Returns: false if another broker has taken the kill over, because this one was stopped for some time.
    mutating func keep(at now: Int64) -> Bool {
        guard isHeld, now - beatAt >= Beat.interval else { return true }
        beatAt = now
        guard file.isFile(at: path) else { return false }
        Beat.write(to: file, at: now)
        return true
    }
}
