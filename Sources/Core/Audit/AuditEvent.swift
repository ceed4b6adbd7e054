import Foundation

/// An event for the audit. It never has a secret.
package struct AuditEvent: Sendable, Equatable {
    package let kind: Kind
    /// What it happened to: the UUID of a job or an instance, the number of a token, the hash of a configuration.
    package let subject: String?
    /// A JSON object with sorted keys.
    package let details: String
    /// Unix seconds.
    package let at: Int64

    /// The kinds of events. Their names are in the store, so they never change.
    package enum Kind: String, Sendable, CaseIterable {
        /// An execution was stored as running, or a queued one was claimed.
        case started
        case queued
        /// A claimed execution was put back into the queue.
        case requeued
        case refused
        case killRequested = "kill_requested"
        /// A signal was sent.
        case signalled
        /// An execution ended. Queued ones that never ran end, too.
        case ended
        /// The executions of a dead instance were closed.
        case closed
        /// A closed execution runs again.
        case reopened
        /// A store that had lost an execution has it back.
        case restored
        /// A person read the log of an execution that another person started.
        case logRead = "log_read"
        /// A person exported the history to a file.
        case historyExported = "history_exported"
        /// A preset was shared, or a shared one was changed.
        case presetShared = "preset_shared"
        /// A shared preset was deleted, or is its owner's alone.
        case presetUnshared = "preset_unshared"
        case tokenMade = "token_made"
        case tokenRevoked = "token_revoked"
        case configurationChanged = "configuration_changed"
        /// A move of the store to another one began. All entries before it are moved, too.
        case storeMoved = "store_moved"
        /// Executions of the original were imported.
        case historyImported = "history_imported"
        /// Old executions or refused attempts were removed.
        case purged
        /// Old entries of the audit were removed.
        case auditPurged = "audit_purged"
        /// The store lost entries, because an earlier state of it was restored.
        case auditLost = "audit_lost"
    }

    /// - Parameter details: Pairs without a value are left out.
    package init(
        _ kind: Kind, _ subject: String?, _ details: KeyValuePairs<String, Detail?> = [:], at: Int64 = Clock.seconds()
    ) {
        self.kind = kind
        self.subject = subject?.withoutNUL
        self.at = at
        self.details = Self.json(details)
    }

    /// A value of the details.
    package enum Detail: Sendable, Encodable {
        case text(String)
        case number(Int64)
        case truth(Bool)
        case list([String])

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .number(let number): try container.encode(number)
            case .truth(let truth): try container.encode(truth)
            case .list(let list): try container.encode(list)
            }
        }
    }

    private static func json(_ details: KeyValuePairs<String, Detail?>) -> String {
        var object: [String: Detail] = [:]
        for (key, value) in details { if let value { object[key] = value } }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(object)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

extension String {
    /// The text with U+FFFD in place of NUL, which PostgreSQL cannot store.
    var withoutNUL: String {
        guard utf8.contains(0) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    }

    /// The first Unicode scalars, because the size of a Swift character has no limit.
    fileprivate func kept(_ count: Int) -> String {
        String(String.UnicodeScalarView(unicodeScalars.prefix(count)))
    }
}

/// The events, and what their details say.
extension AuditEvent {
    /// - Parameter isQueued: Whether it was stored as queued.
    package static func stored(_ execution: Execution, isQueued: Bool) -> AuditEvent {
        AuditEvent(
            isQueued ? .queued : .started, execution.jobUUID,
            ["command": .text(execution.command), "parameters": .text(execution.parameters)])
    }

    /// A queued execution was claimed.
    package static func claimed(_ uuid: JobUUID) -> AuditEvent {
        AuditEvent(.started, uuid.description, ["was_queued": .truth(true)])
    }

    package static func requeued(_ uuid: JobUUID) -> AuditEvent { AuditEvent(.requeued, uuid.description) }

    /// Texts are truncated further than in the store, because the audit keeps them for longer.
    package static func refused(_ refusal: Refusal) -> AuditEvent {
        AuditEvent(
            .refused, nil,
            [
                "command": .text(refusal.command.kept(100)), "parameters": .text(refusal.parameters.kept(200)),
                "reason": .text(refusal.reason.kept(200)),
            ])
    }

    /// - Parameter requester: The name that the history shows. An administrator may give another one than their own.
    package static func killRequested(
        _ uuid: JobUUID, by requester: KillRequester, _ actor: AuditActor
    ) -> AuditEvent {
        let name = requester.isTimeout || requester.identifier == actor.user ? nil : requester.identifier
        return AuditEvent(.killRequested, uuid.description, ["shown_as": name.map { .text($0) }])
    }

    /// - Parameter step: The signal. The time of the event is when it was sent.
    static func signalled(_ uuid: JobUUID, _ step: KillRecord.Step) -> AuditEvent {
        AuditEvent(.signalled, uuid.description, ["signal": .text(step.signal.rawValue)], at: step.at / 1000)
    }

    package static func ended(_ uuid: String, _ settlement: Settlement) -> AuditEvent {
        let ending = settlement.ending
        return AuditEvent(
            .ended, uuid,
            [
                "status": .text("\(settlement.status)"), "exit_code": ending.exitCode.map { .number(Int64($0)) },
                "signal": ending.signal.map { .number(Int64($0)) }, "reason": ending.reason.map { .text($0) },
                "lost": ending.isLost ? .truth(true) : nil, "log_bytes": ending.logBytes.map { .number($0) },
                "killed_by": settlement.killedBy.map { .text($0.identifier) },
                "timed_out": settlement.isTimeout ? .truth(true) : nil,
                "signals": settlement.signals.isEmpty ? nil : .list(settlement.signals),
            ])
    }

    package static func closed(_ server: String, executions: Int) -> AuditEvent {
        AuditEvent(.closed, server, ["executions": .number(Int64(executions))])
    }

    package static func reopened(_ uuid: String) -> AuditEvent { AuditEvent(.reopened, uuid) }

    package static func restored(_ execution: Execution) -> AuditEvent {
        AuditEvent(
            .restored, execution.jobUUID,
            [
                "command": .text(execution.command), "parameters": .text(execution.parameters),
                "user": execution.userIdentifier.map { .text($0) },
            ])
    }

    static func logRead(_ execution: Execution) -> AuditEvent {
        AuditEvent(.logRead, execution.jobUUID, ["owner": execution.userIdentifier.map { .text($0) }])
    }

    /// So many logs were read that single ones are not recorded for a while.
    static var manyLogsRead: AuditEvent { AuditEvent(.logRead, nil, ["many": .truth(true)]) }

    /// - Parameters:
    ///   - format: The format of the file.
    ///   - filters: The filters and the order, as `name=value`.
    package static func historyExported(as format: String, filters: [String]) -> AuditEvent {
        AuditEvent(
            .historyExported, nil, ["format": .text(format), "filters": filters.isEmpty ? nil : .list(filters)])
    }

    package static func presetShared(_ preset: Preset) -> AuditEvent {
        AuditEvent(
            .presetShared, "\(preset.id)",
            ["command": .text(preset.command), "name": .text(preset.name), "parameters": .text(preset.params)])
    }

    package static func presetUnshared(_ preset: Preset) -> AuditEvent {
        AuditEvent(
            .presetUnshared, "\(preset.id)",
            ["command": .text(preset.command), "name": .text(preset.name), "owner": .text(preset.user)])
    }

    /// The events of a preset that took the place of another one.
    ///
    /// - Parameter before: The shared preset that was replaced; nil if there was none.
    package static func saved(_ preset: Preset, before: Preset?) -> [AuditEvent] {
        if preset.isShared { return [.presetShared(preset)] }
        return before.map { $0.isShared ? [.presetUnshared($0)] : [] } ?? []
    }

    package static func tokenMade(_ id: Int64, _ token: APIToken) -> AuditEvent {
        AuditEvent(
            .tokenMade, "\(id)",
            [
                "name": .text(token.name), "user": .text(token.user), "roles": .list(token.roles.sorted()),
                "super_user": token.isSuperUser ? .truth(true) : nil,
                "expires_at": token.expiresAt.map { .number($0) },
            ])
    }

    package static func tokenRevoked(_ id: Int64) -> AuditEvent { AuditEvent(.tokenRevoked, "\(id)") }

    /// - Parameters:
    ///   - digest: The SHA-256 of the text that is in use now.
    ///   - before: The one that the audit recorded last; nil if there is none.
    package static func configurationChanged(to digest: String, before: String?, path: String) -> AuditEvent {
        AuditEvent(
            .configurationChanged, digest, ["before": before.map { .text($0) }, "path": .text(path)])
    }

    /// - Parameter place: The value of `database` that selects the new store, without a password.
    package static func storeMoved(to place: String) -> AuditEvent {
        AuditEvent(.storeMoved, nil, ["to": .text(place)])
    }

    /// - Parameter lost: Number of executions among them that the original had left running.
    package static func historyImported(executions: Int, lost: Int) -> AuditEvent {
        AuditEvent(
            .historyImported, nil, ["executions": .number(Int64(executions)), "lost": .number(Int64(lost))])
    }

    package static func purged(executions: [String], before time: Int64) -> AuditEvent {
        AuditEvent(
            .purged, nil,
            [
                "executions": .number(Int64(executions.count)), "ended_before": .number(time),
                "jobs_sha256": .text(AcceptedConfiguration.digest(of: executions.joined(separator: "\n"))),
            ])
    }

    package static func purged(refusals: Int, before time: Int64) -> AuditEvent {
        AuditEvent(.purged, nil, ["refusals": .number(Int64(refusals)), "before": .number(time)])
    }

    /// - Parameter last: The newest removed entry. Its number is the subject.
    package static func auditPurged(upTo last: AuditHead) -> AuditEvent {
        AuditEvent(.auditPurged, "\(last.number)", ["hash": .text(last.hash)])
    }

    static func auditLost(_ anchor: AuditAnchor) -> AuditEvent {
        AuditEvent(.auditLost, anchor.description)
    }
}
