import Foundation
import Logging

/// Removes files that no execution needs. Interrupted starts, settlements and purges leave them over.
package struct RemoveOrphanedFiles: Sendable {
    /// Minimum age in milliseconds. A start in progress holds its lock, except for the moment between creating the file
    /// and locking it.
    private static let age: Int64 = 3_600_000
    /// Extensions of files that only a running job needs. There are few such files at any time.
    private static let live = [
        "lock", "pid", "pid.new", "killing", "kill-now", "exit.new", "held", "files", "refused",
    ]
    /// Minimum age of a refusal in milliseconds. A server that was frozen may store the execution when it continues.
    private static let refusalAge: Int64 = 86_400_000

    private let store: any ExecutionStore
    private let storage: Storage
    private let adopting: AdoptExecutions
    private let log: Logger

    package init(store: any ExecutionStore, storage: Storage, log: Logger) {
        adopting = AdoptExecutions(store: store, storage: storage, log: log)
        self.store = store
        self.storage = storage
        self.log = log
    }

    /// Removes orphaned files.
    ///
    /// - Parameter limit: Maximum number of jobs to look up in the store. Only jobs with files that a running job
    ///   needs, such as uploads and locks, are looked up then. Nil looks up all jobs with any file.
    /// - Parameter time: A job that has run but has no execution gets it back, unless it ended before this, in Unix
    ///   seconds. The store may have been restored from an older backup. Nil means that none is too old.
    /// - Returns: Number of jobs whose orphaned files were removed.
    @discardableResult
    package func remove(limit: Int? = nil, endedBefore time: Int64? = nil) throws -> Int {
        if let base = ControlGroup.delegated {
            ControlGroup.removeEmpty(in: base) { uuid in (try? JobFiles(uuid, in: storage).isLocked()) ?? true }
        }
        removeInterruptedWrites()
        var lookedUp = 0
        var removed = 0
        for (uuid, hasLiveFiles) in candidates(isFull: limit == nil) {
            if let limit, lookedUp >= limit { break }
            let files = JobFiles(uuid, in: storage)
            guard try !files.isLocked() else { continue }
            lookedUp += 1
            let execution = try store.execution(uuid)
            if execution == nil, try !isOld(files, endedBefore: time), try adopting.adopt(uuid) {
                continue
            } else if execution == nil {
                files.removeAll()
            } else if hasLiveFiles, execution.map(isOver) ?? false {
                files.removeLiveFiles()
                files.forgetRefusal()
            } else {
                continue
            }
            if FileStatus(ofPath: files.uploads) == nil {
                removed += 1
            } else {
                log.error("uploaded files could not be removed", metadata: ["directory": "\(files.uploads)"])
            }
        }
        if removed > 0 { log.info("orphaned files removed", metadata: ["jobs": "\(removed)"]) }
        return removed
    }

    private func isOld(_ files: JobFiles, endedBefore time: Int64?) throws(SystemError) -> Bool {
        guard let time, let exit = try files.exitRecord() else { return false }
        return exit.endedMilliseconds / 1000 < time
    }

    /// Removes the temporary files of writes that a crash has interrupted, NAME.PID.new.
    private func removeInterruptedWrites() {
        let old = Clock.realtimeMilliseconds() - Self.age
        for directory in [storage.directory, storage.jobs] {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
                let parts = name.split(separator: ".").suffix(3)
                let path = "\(directory)/\(name)"
                guard parts.count == 3, parts.last == "new",
                    parts.dropLast().contains(where: { Self.isOfEndedProcess($0) }),
                    let status = FileStatus(ofPath: path), status.modifiedMilliseconds < old
                else { continue }
                unlink(path)
            }
        }
    }

    /// Whether a part of a name is the pid of a process that lives no more. The wall clock may have jumped, so that a
    /// file of a living one seems old.
    private static func isOfEndedProcess(_ part: Substring) -> Bool {
        pid_t(part).map { $0 > 1 && ProcessTable.entry($0) == nil } ?? false
    }

    /// Jobs with old files, and whether only a running job needs some of these files.
    private func candidates(isFull: Bool) -> [JobUUID: Bool] {
        let now = Clock.realtimeMilliseconds()
        var found: [JobUUID: Bool] = [:]
        for directory in isFull ? [storage.jobs, storage.logs] : [storage.jobs] {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
                let parts = name.split(separator: ".", maxSplits: 1)
                let isLive = parts.count == 2 && Self.live.contains(String(parts[1]))
                guard isFull || isLive, let uuid = parts.first.flatMap({ JobUUID(String($0)) }),
                    let status = FileStatus(ofPath: "\(directory)/\(name)"),
                    status.modifiedMilliseconds < now - (parts.last == "refused" ? Self.refusalAge : Self.age)
                else { continue }
                // What a job has left running writes through both. Both are removed together.
                if parts.last == "held", FileStatus(ofPath: JobFiles(uuid, in: storage).output) != nil { continue }
                found[uuid] = isLive || found[uuid] ?? false
            }
        }
        return found
    }

    /// A closed execution may still run here. The broker of this instance reopens it.
    private func isOver(_ execution: Execution) -> Bool {
        execution.status.isEnded && execution.serverUUID == storage.serverUUID && execution.closedBy == nil
    }
}
