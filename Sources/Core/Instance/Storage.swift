import CSystem
import Crypto
import Foundation
import Glibc

/// The directory with the files of an instance.
package struct Storage: Sendable {
    /// Its path, without symbolic links.
    package let directory: String
    /// Directory of the logs.
    package let logs: String
    /// Directory of the locks and records of jobs.
    package let jobs: String
    /// UUID of the instance, `server_uuid` in the store.
    package let serverUUID: String
    /// 32 random bytes. No other instance has them.
    package let secret: SymmetricKey
    /// The user who runs the jobs.
    package let owner: uid_t

    /// Locked by the broker that watches.
    package var runLock: String { directory + "/run.lock" }
    /// The run lock of a stalled broker that another one has replaced.
    var stalledLock: String { directory + "/run.lock.stalled" }
    /// Space for the records that must be written on a full disk.
    private var reserve: DiskReserve { DiskReserve(path: directory + "/reserve", directory: directory) }
    /// The lists of commands and choices.
    var catalogue: String { directory + "/catalogue.json" }
    /// Locked by the process that refreshes the catalogue.
    var catalogueLock: String { directory + "/catalogue.lock" }
    /// The file of the SQLite store.
    package var database: String { directory + "/remotisan.sqlite" }

    /// Opens a storage, and creates the files and directories that are missing in it.
    ///
    /// - Parameters:
    ///   - path: The directory. It is created if its parent exists.
    ///   - logs: Directory of the logs; by default `logs` in the storage.
    /// - Throws: ``StorageError`` or ``SystemError``.
    package init(at path: String, logs: String? = nil) throws {
        try Self.makeDirectory(path)
        directory = try RealPath.resolve(path)
        let logs = logs ?? directory + "/logs"
        try Self.makeDirectory(logs)
        self.logs = try RealPath.resolve(logs)
        jobs = directory + "/jobs"
        try Self.makeDirectory(jobs)
        owner = FileStatus(ofPath: directory)?.owner ?? geteuid()

        // The original's file name. An instance of the original that is taken over keeps its executions.
        let guid = directory + "/remotisan_server_guid"
        let text = try DurableFile.create(UUID().uuidString.lowercased() + "\n", at: guid)
        serverUUID = text.trimmingWhitespace
        guard !serverUUID.isEmpty, serverUUID.utf8.count <= 64 else {
            throw StorageError.damaged(path: guid, expected: "the instance's UUID")
        }

        let secretFile = directory + "/secret"
        let fresh = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0).base64EncodedString() }
        let kept = try DurableFile.create(fresh + "\n", at: secretFile, mode: 0o600)
        guard let bytes = Data(base64Encoded: kept.trimmingWhitespace), bytes.count == 32
        else { throw StorageError.damaged(path: secretFile, expected: "32 bytes in base 64") }
        secret = SymmetricKey(data: bytes)
        reserve.take()
        // Made now, because a broker must be able to take it on a full disk.
        if FileStatus(ofPath: runLock) == nil { _ = try? Descriptor(opening: runLock, O_RDWR | O_CREAT) }
    }

    /// Runs `body`. If it fails because the disk is full, releases the reserve and runs `body` again.
    package func retryingWithReserve<Value, Failure: Error>(
        _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try reserve.retryingWithReserve(body)
    }

    /// Whether the disk of the storage takes no more data.
    package var isDiskFull: Bool { reserve.isDiskFull }

    /// Whether the disk or a quota takes no more data. It tries to write, so it is for the time after an error.
    var takesNoData: Bool { reserve.isDiskFull || reserve.isQuotaUsedUp }

    /// Gives the reserve back if the disk is full.
    func freeReserveIfFull() {
        if isDiskFull { reserve.free() }
    }

    /// Whether a broker watches this instance and lives. A broker that ends its watch runs one more pass after it
    /// releases the lock.
    package var isBrokerWatching: Bool { watchState == .watching }

    /// What the broker on watch does.
    package var watchState: WatchState { Self.state(of: runLock) }

    /// When a broker last watched, in Unix seconds: the time of its last beat. Nil if none has.
    package var brokerSeenAt: Int64? {
        FileStatus(ofPath: runLock).flatMap { $0.size > 0 ? $0.modifiedMilliseconds / 1000 : nil }
    }

    /// Whether the broker on watch is stopped or frozen.
    package var isBrokerStalled: Bool {
        if case .stalled = watchState { true } else { false }
    }

    /// The state of a broker that another one has replaced, because it was stalled.
    package var replacedWatchState: WatchState { Self.state(of: stalledLock) }

    private static func state(of path: String) -> WatchState {
        guard isLocked(path) else { return .none }
        guard let beat = Beat.ofStalledHolder(of: path), isLocked(path) else { return .watching }
        return .stalled(pid: beat.process?.pid, milliseconds: beat.age())
    }

    private static func isLocked(_ path: String) -> Bool {
        guard let lock = try? Descriptor.opening(replaceable: path, O_RDONLY, owner: nil) else { return false }
        return system_is_ofd_locked(lock.number) == 1
    }

    /// Locked by a broker that a supervisor has started: by flock(2) until it watches, and then with an OFD lock as long as
    /// it watches (fcntl(2)).
    package var settleLock: String { directory + "/settle.lock" }

    /// Shows other brokers that the one on watch watches only for a moment.
    ///
    /// - Returns: The mark, which stands as long as the descriptor is open.
    package func markSettler() throws(SystemError) -> Descriptor {
        let file = try Descriptor(opening: settleLock, O_RDWR | O_CREAT)
        // Another one may still hold the lock. Then that one is the broker on watch.
        _ = system_try_ofd_lock(file.number)
        return file
    }

    /// Whether a broker watches for a moment that a supervisor has started.
    var isSettlerWatching: Bool { Self.isLocked(settleLock) }

    /// Lets the broker on watch read the store now. It notices that its lock was closed after writing (inotify(7)).
    func wakeBroker() {
        _ = try? Descriptor.opening(replaceable: runLock, O_WRONLY, owner: nil)
    }

    /// Locked by every responder that serves this instance.
    package var responderLock: String { directory + "/responder.lock" }

    /// Takes the lock that shows that a responder lives. Several responders may hold it.
    ///
    /// - Returns: The lock, which is held as long as the descriptor is open; nil if a restore holds it.
    package func lockForResponder() throws(SystemError) -> Descriptor? {
        let lock = try Descriptor(opening: responderLock, O_RDWR | O_CREAT)
        if system_try_shared_ofd_lock(lock.number) == 0 { return lock }
        guard errno == EAGAIN || errno == EACCES else { throw SystemError("fcntl", responderLock) }
        return nil
    }

    /// Whether a responder that serves many requests lives.
    package var isResponderRunning: Bool { Self.isResponderRunning(in: directory) }

    /// Whether a responder that serves many requests lives on a storage.
    static func isResponderRunning(in directory: String) -> Bool {
        isLocked(directory + "/responder.lock")
    }

    /// Whether a broker watches a storage, or a responder serves it.
    static func isInUse(_ directory: String) -> Bool {
        isLocked(directory + "/run.lock") || isResponderRunning(in: directory)
    }

    /// The jobs whose supervisors live.
    package func runningJobs() throws -> [JobUUID] {
        let names = try FileManager.default.contentsOfDirectory(atPath: jobs).sorted()
        return try names.filter { $0.hasSuffix(".lock") }.compactMap { JobUUID(String($0.dropLast(5))) }
            .filter { try JobFiles($0, in: self).isLocked() }
    }

    /// Whether there is a storage in a directory.
    package static func exists(at path: String) throws(SystemError) -> Bool {
        try DurableFile.read(path + "/remotisan_server_guid") != nil
    }

    /// Whether the UUID in the storage is another one by now, because it was renewed.
    package var isRenewed: Bool {
        guard let text = try? DurableFile.read(directory + "/remotisan_server_guid") else { return false }
        return text.trimmingWhitespace != serverUUID
    }

    /// Gives the storage a new UUID and a new secret, so that a copy becomes an instance of its own.
    ///
    /// - Returns: The new UUID.
    package func renew() throws(SystemError) -> String {
        let uuid = UUID().uuidString.lowercased()
        let secret = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0).base64EncodedString() }
        try DurableFile.write(secret + "\n", to: directory + "/secret", mode: 0o600)
        try DurableFile.write(uuid + "\n", to: directory + "/remotisan_server_guid")
        return uuid
    }

    /// Length of a job's log in bytes; nil if there is no log.
    func logBytes(_ uuid: JobUUID) -> Int64? {
        FileStatus(ofPath: JobFiles(uuid, in: self).log)?.size
    }

    private static func makeDirectory(_ path: String) throws {
        if mkdir(path, 0o750) == 0 {
            guard chmod(path, 0o750) == 0 else { throw SystemError("chmod", path) }
            return
        }
        guard errno == EEXIST else {
            throw StorageError.unusable(path: path, reason: SystemError.text(of: errno) + ".")
        }
        guard access(path, R_OK | W_OK | X_OK) == 0 else {
            throw StorageError.unusable(path: path, reason: SystemError.text(of: errno) + ".")
        }
    }
}

/// Why a storage cannot be opened.
package enum StorageError: Error, CustomStringConvertible {
    /// The directory cannot be used.
    case unusable(path: String, reason: String)
    /// The directory holds no storage. It may be the place where a file system is not mounted.
    case missing(path: String)
    /// A file of the storage has invalid content.
    case damaged(path: String, expected: String)

    /// A sentence for the operator.
    package var description: String {
        switch self {
        case .unusable(let path, let reason):
            "The storage \(path) cannot be used: \(reason) \(Self.advice(path))"
        case .missing(let path):
            """
            There is no storage in \(path). If its file system is not mounted, mount it. The responder and \
            remotisan-broker migrate create a storage.
            """
        case .damaged(let path, let expected):
            "\(path) does not hold \(expected). Restore it from a backup, or remove it, so that a new one is created."
        }
    }

    /// An administrator who forgot to become root must not take the storage away from the service's user.
    private static func advice(_ path: String) -> String {
        guard let owner = FileStatus(ofPath: path)?.owner, owner != 0, owner != geteuid() else {
            return "Create it, and make the user of this program its owner."
        }
        return "Its owner is \(Account(uid: owner)?.name ?? String(owner)). Run this program as that user or as root."
    }
}
