import CSystem
import Glibc

/// The files of one job. They tell the truth; the table follows.
package struct JobFiles: Sendable {
    /// Whose files.
    package let uuid: JobUUID
    private let storage: Storage

    /// stdout and stderr.
    package var log: String { "\(storage.logs)/\(uuid).log" }
    /// Locked by the supervisor while it lives.
    package var lock: String { path("lock") }
    /// ``PidRecord``.
    package var pid: String { path("pid") }
    /// ``ExitRecord``.
    package var exit: String { path("exit") }
    /// ``KillRecord``.
    package var kill: String { path("kill") }
    /// Locked by the broker that kills this job.
    package var killLock: String { path("killing") }

    /// The files of a job in a storage.
    package init(_ uuid: JobUUID, in storage: Storage) {
        self.uuid = uuid
        self.storage = storage
    }

    private func path(_ kind: String) -> String {
        "\(storage.jobs)/\(uuid).\(kind)"
    }

    /// How the command ended; nil while that is not recorded.
    package func exitRecord() throws(SystemError) -> ExitRecord? {
        try DurableFile.read(exit).flatMap { ExitRecord($0) }
    }

    /// Which processes there are; nil if none was ever recorded.
    package func pidRecord() throws(SystemError) -> PidRecord? {
        try DurableFile.read(pid).flatMap { PidRecord($0) }
    }

    /// How far a kill has come; nil if there was none.
    package func killRecord() throws(SystemError) -> KillRecord? {
        try DurableFile.read(kill).flatMap { KillRecord($0) }
    }

    /// Writes the kill record, durably.
    func write(_ record: KillRecord) throws(SystemError) {
        try DurableFile.write(record.text, to: kill)
    }

    /// Creates and takes the job's lock.
    func takeLock() throws(SystemError) -> Descriptor {
        let file = try Descriptor(opening: lock, O_RDWR | O_CREAT)
        _ = try valueOrErrno("flock", lock) { system_try_flock(file.number, true) }
        return file
    }

    /// Creates and takes the job's lock to start what waited, and writes this boot into it; nil if another has it.
    func takeLockToStart() throws(SystemError) -> Descriptor? {
        guard let file = try tryLock() else { return nil }
        let boot = Array("boot \(BootID.current)\n".utf8)
        _ = try valueOrErrno("ftruncate", lock) { ftruncate(file.number, 0) }
        try file.write(boot, to: lock)
        return file
    }

    /// Whether it is certain that the command of a job that had waited never ran. The caller holds the lock.
    ///
    /// The command waits for the pid record (`remotisan-job`), so without one it never ran. A power cut may take the
    /// record along, for it is not fsynced: the proof holds within the boot in which the start began.
    func areOfUnstarted(_ held: borrowing Descriptor) throws(SystemError) -> Bool {
        let boot = RecordText(String(decoding: try held.read(128, at: 0, of: lock), as: UTF8.self))["boot"]
        guard boot == BootID.current, try pidRecord() == nil else { return false }
        return try exitRecord() == nil
    }

    /// Takes the job's lock; nil if another has it.
    func tryLock() throws(SystemError) -> Descriptor? {
        let file = try Descriptor(opening: lock, O_RDWR | O_CREAT)
        guard system_try_flock(file.number, true) == 0 else {
            guard errno == EWOULDBLOCK else { throw SystemError("flock", lock) }
            return nil
        }
        // Whoever had it may have removed the file before we locked it: then it is nobody's lock any more.
        var ours = stat()
        var named = stat()
        guard fstat(file.number, &ours) == 0, lstat(lock, &named) == 0, ours.st_ino == named.st_ino else { return nil }
        return file
    }

    /// Whether the supervisor (or a responder about to start it) lives: the kernel frees the lock, however it ends.
    package func isLocked() throws(SystemError) -> Bool {
        do throws(SystemError) {
            let file = try Descriptor(opening: lock, O_RDONLY)
            if system_try_flock(file.number, false) == 0 { return false }
            guard errno == EWOULDBLOCK else { throw SystemError("flock", lock) }
            return true
        } catch {
            guard error.code == ENOENT else { throw error }
            return false
        }
    }

    /// Takes the lock that only one broker may hold while it kills this job; nil if another has it.
    func takeKillLock() throws(SystemError) -> Descriptor? {
        let file = try Descriptor(opening: killLock, O_RDWR | O_CREAT)
        if system_try_flock(file.number, true) == 0 { return file }
        guard errno == EWOULDBLOCK else { throw SystemError("flock", killLock) }
        return nil
    }

    /// Appends a line of ours to the log, on a line of its own.
    func appendToLog(_ line: String) throws(SystemError) {
        let file = try Descriptor(opening: log, O_RDWR | O_CREAT | O_APPEND)
        let size = try file.status(of: log).size
        let last = try file.read(size == 0 ? 0 : 1, at: max(0, size - 1), of: log)
        let endsWithNewline = last.isEmpty || last == [UInt8(ascii: "\n")]
        try file.write(Array("\(endsWithNewline ? "" : "\n")\(line)\n".utf8), to: log)
    }

    /// Removes what only a running job needs. Records of its end stay as long as its log.
    func removeLiveFiles() {
        // Of a supervisor that was killed: the record whose space it had taken.
        for path in [pid, lock, killLock, pid + ".new", exit + ".new"] { unlink(path) }
        removeUploads()
    }

    /// Removes everything.
    func removeAll() {
        for path in [log, exit, kill] { unlink(path) }
        removeLiveFiles()
    }
}
