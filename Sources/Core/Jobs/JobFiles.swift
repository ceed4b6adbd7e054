import CSystem
import Glibc

/// The files of one job. They are authoritative, and the store follows them.
package struct JobFiles: Sendable {
    package let uuid: JobUUID
    private let storage: Storage

    /// Standard output and standard error.
    package var log: String { "\(storage.logs)/\(uuid).log" }
    /// ``TimeIndex`` of the log.
    var times: String { "\(storage.logs)/\(uuid).times" }
    /// Directory of the files that are not logs.
    var jobs: String { storage.jobs }
    /// The user of the service, who owns them.
    var owner: uid_t { storage.owner }
    /// Directory of the instance.
    var place: String { storage.directory }
    /// Locked by the supervisor as long as it lives.
    package var lock: String { path("lock") }
    /// ``PidRecord``.
    package var pid: String { path("pid") }
    /// ``ExitRecord``.
    package var exit: String { path("exit") }
    /// ``KillRecord``.
    package var kill: String { path("kill") }
    /// Locked by the broker that kills this job.
    package var killLock: String { path("killing") }

    /// Its existence makes the broker send KILL at once.
    var forcedKill: String { path("kill-now") }

    /// The files of a job in a storage.
    package init(_ uuid: JobUUID, in storage: Storage) {
        self.uuid = uuid
        self.storage = storage
    }

    private func path(_ kind: String) -> String {
        "\(storage.jobs)/\(uuid).\(kind)"
    }

    /// Whether there is an exit record or a kill record.
    var hasEndOrKill: Bool { access(exit, F_OK) == 0 || access(kill, F_OK) == 0 }

    /// The exit record; nil if there is none, or if it contradicts the lock and the pid record.
    ///
    /// Not for a process that holds the lock itself; ``writtenExitRecord()``.
    package func exitRecord() throws(SystemError) -> ExitRecord? {
        guard try writtenExitRecord() != nil, try !isRunning() else { return nil }
        // Read again, because the supervisor may have replaced a forged record meanwhile.
        return try writtenExitRecord()
    }

    /// The exit record, also if the job itself has written it; nil if there is none.
    func writtenExitRecord() throws(SystemError) -> ExitRecord? {
        try DurableFile.read(replaceable: exit, owner: owner).flatMap { ExitRecord($0) }
    }

    /// Whether the job runs, as far as its lock and its pid record say so together.
    ///
    /// A job of the same user can write an exit record. The supervisor writes it when the command has ended, into the
    /// space that it has reserved. It keeps the lock and the pid record until then.
    private func isRunning() throws(SystemError) -> Bool {
        guard try isLocked() else { return false }
        guard let record = try pidRecord() else { return try isLocked() }
        guard record.bootID == BootID.current else { return false }
        return ProcessTable.isAlive(record.command) || FileStatus(ofPath: exit + ".new") != nil
    }

    /// The pid record; nil if there is none.
    package func pidRecord() throws(SystemError) -> PidRecord? {
        try DurableFile.read(replaceable: pid, owner: owner).flatMap { PidRecord($0) }
    }

    /// The kill record; nil if there is none.
    package func killRecord() throws(SystemError) -> KillRecord? {
        try DurableFile.read(replaceable: kill, owner: owner).flatMap { KillRecord($0) }
    }

    /// Writes and fsyncs the first kill record of a job. It survives a power cut after ``syncNames()``.
    func write(_ record: KillRecord) throws(SystemError) {
        try DurableFile.writeBeforeDirectory(record.text, to: kill)
    }

    /// Makes the names of the files of all jobs survive a power cut, but not their logs.
    func syncNames() throws(SystemError) {
        try DurableFile.syncDirectory(of: kill)
    }

    /// Writes the kill record without fsync.
    func update(_ record: KillRecord) throws(SystemError) {
        try DurableFile.write(record.text, to: kill, isDurable: false)
    }

    /// Creates and takes the job's lock.
    func takeLock() throws(SystemError) -> Descriptor {
        let file = try Descriptor.opening(replaceable: lock, O_RDWR | O_CREAT, owner: owner)
        _ = try valueOrErrno("flock", on: lock) { system_try_flock(file.number, true) }
        return file
    }

    /// Creates and takes the job's lock in order to start a queued execution, and writes the boot ID into the file.
    ///
    /// - Returns: nil if another process holds the lock.
    func takeLockToStart() throws(SystemError) -> Descriptor? {
        guard let file = try tryLock() else { return nil }
        let boot = Array("boot \(BootID.current)\n".utf8)
        _ = try valueOrErrno("ftruncate", on: lock) { ftruncate(file.number, 0) }
        try file.write(boot, to: lock)
        return file
    }

    /// Makes a lock of ``takeLockToStart()`` say nothing about a start, because the job has run before.
    func withdrawStart(_ held: borrowing Descriptor) throws(SystemError) {
        _ = try valueOrErrno("ftruncate", on: lock) { ftruncate(held.number, 0) }
    }

    /// Whether the command of a formerly queued execution certainly never ran.
    ///
    /// `remotisan-job` runs the command only after it has written the pid record, so without the record it never ran.
    /// The record is not fsynced and may be lost in a power cut, so this holds only within the boot that began the
    /// start.
    ///
    /// - Parameter held: The lock of the job, held by the caller.
    func isUnstarted(holding held: borrowing Descriptor) throws(SystemError) -> Bool {
        let boot = RecordText(String(decoding: try held.read(128, at: 0, of: lock), as: UTF8.self))["boot"]
        guard boot == BootID.current, try pidRecord() == nil else { return false }
        return try writtenExitRecord() == nil
    }

    /// Whether the command of a job has been started, so that it must not be started again.
    ///
    /// A log counts, too. A queued execution has none, because ``SettleExecutions`` removes the log of a start that was
    /// interrupted before the command ran.
    func hasRun() throws(SystemError) -> Bool {
        if try writtenExitRecord() != nil || FileStatus(ofPath: log)?.isRegular == true { return true }
        return try pidRecord() != nil
    }

    /// Takes the job's lock; nil if another process holds it.
    func tryLock() throws(SystemError) -> Descriptor? {
        let file = try Descriptor.opening(replaceable: lock, O_RDWR | O_CREAT, owner: owner)
        guard system_try_flock(file.number, true) == 0 else {
            guard errno == EWOULDBLOCK else { throw SystemError("flock", lock) }
            return nil
        }
        // The previous holder may have removed the file before we locked it. Then this is not the lock any more.
        var ours = stat()
        var named = stat()
        guard fstat(file.number, &ours) == 0, lstat(lock, &named) == 0, ours.st_ino == named.st_ino else { return nil }
        return file
    }

    /// Whether the supervisor, or a responder that is starting it, is alive. The kernel releases the lock however they
    /// end.
    package func isLocked() throws(SystemError) -> Bool {
        try isLocked(lock)
    }

    /// Whether somebody has requested that the kill of this job goes on with KILL.
    var isKillForced: Bool { FileStatus(ofPath: forcedKill) != nil }

    /// Requests that the kill of this job goes on with KILL.
    func forceKill() throws(SystemError) {
        _ = try Descriptor(opening: forcedKill, O_WRONLY | O_CREAT)
    }

    /// Whether a broker is killing this job.
    func isBeingKilled() throws(SystemError) -> Bool {
        try isLocked(killLock)
    }

    private func isLocked(_ path: String) throws(SystemError) -> Bool {
        do throws(SystemError) {
            let file = try Descriptor.opening(replaceable: path, O_RDONLY, owner: owner)
            if system_try_flock(file.number, false) == 0 { return false }
            guard errno == EWOULDBLOCK else { throw SystemError("flock", path) }
            return true
        } catch {
            guard error.code == ENOENT else { throw error }
            return false
        }
    }

    /// Takes the lock of the broker that kills this job. A lock of a broker that is stalled is replaced by a new file.
    ///
    /// - Returns: nil if another broker holds it and lives.
    func takeKillLock() throws(SystemError) -> Descriptor? {
        let file = try Descriptor.opening(replaceable: killLock, O_RDWR | O_CREAT, owner: owner)
        if system_try_flock(file.number, true) == 0 {
            guard file.isFile(at: killLock) else { return nil }
            Beat.write(to: file)
            return file
        }
        guard errno == EWOULDBLOCK else { throw SystemError("flock", killLock) }
        guard Beat.ofStalledHolder(of: killLock) != nil else { return nil }
        let aside = "\(killLock).\(getpid()).new"
        unlink(aside)
        let new = try Descriptor(opening: aside, O_RDWR | O_CREAT | O_EXCL)
        _ = try valueOrErrno("flock", on: aside) { system_try_flock(new.number, true) }
        Beat.write(to: new)
        guard rename(aside, killLock) == 0 else {
            let error = SystemError("rename", killLock)
            unlink(aside)
            throw error
        }
        return new
    }

    /// Appends a line to the log. It begins a new line if the log does not end with one.
    ///
    /// - Parameter encoding: The encoding in which the log is read.
    func appendToLog(_ line: String, in encoding: LogEncoding = .utf8) throws(SystemError) {
        let file = try Descriptor.opening(replaceable: log, O_RDWR | O_CREAT | O_APPEND, owner: owner)
        let size = try file.status(of: log).size
        let last = size == 0 ? [] : try file.read(1, at: size - 1, of: log)
        let endsWithNewline = last.isEmpty || last == [UInt8(ascii: "\n")]
        let bytes = encoding.bytes(of: "\(endsWithNewline ? "" : "\n")\(line)\n")
        // Only the collector writes to the log while the job has output, because it writes at positions that it knows.
        if try !appendToOutput(bytes) { try file.write(bytes, to: log) }
    }

    /// Removes the files that only a running job needs. The exit and kill records stay as long as the log.
    func removeLiveFiles() {
        if let group = (try? pidRecord())??.group { ControlGroup(path: group).remove() }
        // The .new files are preallocated records of a supervisor that was killed.
        // The lock first: a lock that is held without a pid record would contradict the exit record.
        for path in [lock, pid, killLock, forcedKill, pid + ".new", exit + ".new"] { unlink(path) }
        // A collector removes this first. It may have been killed, or its disk may have failed.
        if FileStatus(ofPath: output) == nil { unlink(heldOutput) }
        removeUploads()
    }

    /// Removes all files.
    func removeAll() {
        // The FIFO first: a collector that is still there then creates no new log.
        for path in [output, heldOutput, maskedOutput, log, times, exit, kill, refusal] { unlink(path) }
        removeUnstarted()
    }
}
