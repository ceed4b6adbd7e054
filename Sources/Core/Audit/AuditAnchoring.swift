import CSystem
import Foundation
import Logging
import Synchronization

/// Sends the anchor of this instance's chain away from time to time, to syslog and to a program.
///
/// STORAGE/audit.anchor has the last one and its time. It stays when an earlier state of the store is restored, and then
/// shows which entries the store has lost.
package final class AuditAnchoring: Sendable {
    private let store: any AuditStore
    private let storage: Storage
    private let log: Logger
    private let state = Mutex(State())

    private struct State {
        var isSending = false
        /// When sending was last tried, in milliseconds of the boot clock.
        var triedAt = Int64.min / 2
    }

    /// Milliseconds between two checks whether an anchor is due.
    private static let interval: Int64 = 30_000
    /// Seconds that the program may take.
    private static let timeout = 30

    package init(store: any AuditStore, storage: Storage, log: Logger) {
        self.store = store
        self.storage = storage
        self.log = log
    }

    /// Sends the anchor on a thread of its own if it is due, so that no kill has to wait for a program or the store.
    package func sendIfDue(_ settings: Configuration.Audit) {
        let now = Clock.boottimeMilliseconds()
        let isWanted = state.withLock { state in
            guard !state.isSending, now - state.triedAt >= Self.interval else { return false }
            (state.isSending, state.triedAt) = (true, now)
            return true
        }
        guard isWanted else { return }
        do throws(SystemError) {
            try Threads.start { [self] in
                do {
                    if isDue(settings) { try send(settings) }
                } catch {
                    log.error("the anchor of the audit was not sent", metadata: ["error": "\(error)"])
                }
                state.withLock { $0.isSending = false }
            }
        } catch {
            state.withLock { $0.isSending = false }
        }
    }

    /// Sends the anchor of now.
    ///
    /// - Returns: The anchor; nil if there is no entry.
    /// - Throws: ``StoreError``, ``SystemError``, ``AuditAnchorError``. It is due again then.
    @discardableResult
    package func send(_ settings: Configuration.Audit) throws -> AuditAnchor? {
        let kept = AuditAnchor.kept(in: storage)
        if let anchor = kept?.anchor { try recordLoss(of: anchor) }
        guard let anchor = try current() else { return nil }
        if settings.usesSyslog { system_syslog("audit anchor \(anchor)") }
        if !settings.run.isEmpty { try run(settings.run, anchor) }
        try DurableFile.write("\(anchor) \(Clock.seconds())\n", to: AuditAnchor.file(in: storage), isDurable: false)
        return anchor
    }

    /// The anchor of now; nil if there is no entry.
    package func current() throws(StoreError) -> AuditAnchor? {
        let head = try store.auditHead(of: storage.serverUUID)
        return head.number > 0 ? AuditAnchor(instance: storage.serverUUID, head: head) : nil
    }

    /// Whether the time has come. A wall clock that was set makes it come early, never late.
    private func isDue(_ settings: Configuration.Audit) -> Bool {
        guard let kept = AuditAnchor.kept(in: storage) else { return true }
        return abs(Clock.seconds() - kept.at) * 1000 >= settings.anchorInterval
            // Nothing has happened since.
            && (try? current()) != kept.anchor
    }

    /// Records that the store does not have the entry of an anchor any more, because an earlier state of it was restored.
    private func recordLoss(of anchor: AuditAnchor) throws(StoreError) {
        guard anchor.instance == storage.serverUUID else { return }
        let found = try store.auditEntry(anchor.head.number, of: anchor.instance)
        let end = try store.auditHead(of: anchor.instance)
        guard found.map({ $0.hash != anchor.head.hash }) ?? (end.number < anchor.head.number) else { return }
        log.error(
            "the store has lost entries of the audit",
            metadata: ["anchor": "\(anchor)", "entry": "\(found?.number ?? end.number)"])
        try store.append([.auditLost(anchor)], by: AuditActor(.broker, of: storage))
    }

    private func run(_ program: [String], _ anchor: AuditAnchor) throws {
        let words = program.map { $0.replacing("{anchor}", with: anchor.description) }
        do {
            _ = try ProgramOutput.run(
                words, in: "/", environment: JobEnvironment.make(configured: [:]),
                errors: storage.directory + "/audit.anchor.errors", seconds: Self.timeout, limit: 1 << 16)
        } catch let error as ProgramError {
            throw AuditAnchorError(program: program.first ?? "", problem: "\(error)")
        }
    }
}

/// The program of `audit.anchor.run` failed.
package struct AuditAnchorError: Error, CustomStringConvertible {
    let program: String
    let problem: String

    /// A sentence for the administrator.
    package var description: String { "audit.anchor.run: \(program): \(problem)" }
}

extension AuditAnchor {
    static func file(in storage: Storage) -> String { storage.directory + "/audit.anchor" }

    /// The last anchor that this instance has sent, and its time in Unix seconds; nil if there is none.
    package static func kept(in storage: Storage) -> (anchor: AuditAnchor, at: Int64)? {
        let words = ((try? DurableFile.read(file(in: storage))) ?? nil)?.split { $0.isWhitespace } ?? []
        guard words.count == 2, let anchor = AuditAnchor(words[0]), let at = Int64(words[1]) else { return nil }
        return (anchor, at)
    }
}
