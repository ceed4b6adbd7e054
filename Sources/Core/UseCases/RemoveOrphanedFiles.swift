import Foundation
import Logging

/// Removes files that no execution needs: of starts that never got a row, of rows whose settlement or purge was cut off.
package struct RemoveOrphanedFiles: Sendable {
    /// Milliseconds for which nothing is a stray: a start that is under way holds its lock, but for the moment between
    /// making the file and locking it.
    private static let age: Int64 = 3_600_000
    /// What only a running job needs; there are few of them at any time.
    private static let live = ["lock", "pid", "pid.new", "killing", "exit.new", "files"]

    private let store: any ExecutionStore
    private let storage: Storage
    private let log: Logger

    /// The use case on its collaborators.
    package init(store: any ExecutionStore, storage: Storage, log: Logger) {
        self.store = store
        self.storage = storage
        self.log = log
    }

    /// Looks for them.
    ///
    /// - Parameter limit: So many jobs are looked up in the table at the most, and only those of which something is left
    ///   that a running job alone needs: uploads, locks. Nil: all, with logs and records.
    /// - Returns: How many jobs had strays and have none now.
    /// - Throws: ``StoreError``, ``SystemError``.
    @discardableResult
    package func sweep(limit: Int? = nil) throws -> Int {
        var lookedUp = 0
        var swept = 0
        for (uuid, hasLiveFiles) in candidates(isFull: limit == nil) {
            if let limit, lookedUp >= limit { break }
            let files = JobFiles(uuid, in: storage)
            guard try !files.isLocked() else { continue }
            lookedUp += 1
            let execution = try store.execution(uuid)
            if execution == nil {
                files.removeAll()
            } else if hasLiveFiles, execution.map(isOver) ?? false {
                files.removeLiveFiles()
            } else {
                continue
            }
            if FileStatus(ofPath: files.uploads) == nil {
                swept += 1
            } else {
                log.error("what was uploaded cannot be removed", metadata: ["directory": "\(files.uploads)"])
            }
        }
        if swept > 0 { log.info("swept what was left over", metadata: ["jobs": "\(swept)"]) }
        return swept
    }

    /// Jobs with old files, and whether some of these are such as only a running one needs.
    private func candidates(isFull: Bool) -> [JobUUID: Bool] {
        let old = Clock.realtimeMilliseconds() - Self.age
        var found: [JobUUID: Bool] = [:]
        for directory in isFull ? [storage.jobs, storage.logs] : [storage.jobs] {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
                let parts = name.split(separator: ".", maxSplits: 1)
                let isLive = parts.count == 2 && Self.live.contains(String(parts[1]))
                guard isFull || isLive, let uuid = parts.first.flatMap({ JobUUID(String($0)) }),
                    let status = FileStatus(ofPath: "\(directory)/\(name)"), status.modifiedMilliseconds < old
                else { continue }
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
