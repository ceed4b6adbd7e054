import Core
import Testing

/// The audit.
extension ExecutionStoreSuite {
    static let audit: [ExecutionStoreSuite] = [
        .init(name: "every change appends its event in the same transaction", check: auditsChanges),
        .init(name: "a change that does not happen appends nothing", check: auditsNothing),
        .init(name: "an entry has all facts of its actor, and hostile text stays as it is", check: auditsFacts),
        .init(name: "the chain of each instance fits after concurrent changes", check: auditsConcurrently),
        .init(name: "purged entries leave a chain that fits", check: purgesAudit),
        .init(name: "a configuration is recorded when it changes", check: auditsConfiguration),
        .init(name: "an execution with a limit and a key appends one event", check: auditsLimits),
    ]

    /// Checks a store that accepts no entry of the audit. A change without its entry must not happen.
    package static func expectNoChangeWithoutAudit(_ store: any Store) throws {
        let uuid = JobUUID()
        #expect(throws: StoreError.self) { try store.insert(.sample(uuid), limit: nil) }
        #expect(try store.execution(uuid) == nil)
        #expect(throws: StoreError.self) {
            try store.addToken(
                hash: "h", APIToken(id: 0, name: "", user: "u", roles: [], createdAt: 1, expiresAt: nil))
        }
        #expect(try store.tokens().isEmpty)
    }

    private static let ann = AuditActor(
        instance: "a", user: "ann@lab", means: .apiToken, address: "2001:db8::1", tokenID: 7)

    /// The entries of a chain, which must fit.
    private static func entries(_ store: any AuditStore, _ instance: String = "a") throws -> [AuditEntry] {
        var entries: [AuditEntry] = []
        var verification = AuditVerification(of: instance)
        try store.forEachAuditEntry(of: instance) { entry in
            #expect(verification.check(entry) == nil)
            entries.append(entry)
        }
        #expect(verification.finish() == nil)
        #expect(try store.auditHead(of: instance) == entries.last?.head ?? .none)
        return entries
    }

    private static func events(_ store: any AuditStore) throws -> [String] { try entries(store).map(\.event) }

    static func auditsChanges(_ store: any Store) throws {
        let uuid = JobUUID()
        _ = try store.insert(.sample(uuid, server: "a", executedAt: 10), limit: nil, key: nil, by: ann)
        #expect(try store.requestKill(uuid, by: "ann@lab", ann))
        #expect(try store.settle(uuid, .sample(at: 20), by: ann))
        try store.insert(
            Refusal(userIdentifier: "ann@lab", command: "b", parameters: "c", reason: "d", at: 10), by: ann)
        let id = try store.addToken(
            hash: "h", APIToken(id: 0, name: "n", user: "u", roles: ["A"], createdAt: 1, expiresAt: nil), by: ann)
        #expect(try store.removeToken(id: id, by: ann))
        try store.removeRefusals(before: 11, upTo: .max, by: ann)
        #expect(try store.removeExecutions(on: "a", endedBefore: 21, upTo: .max, limit: 5, by: ann).count == 1)
        #expect(try store.adopt(.sample(uuid, server: "a"), by: ann))
        let limit = RunningLimit(1, maxQueued: 5)
        let queued = JobUUID()
        _ = try store.insert(.sample(server: "a", command: "q"), limit: limit, key: nil, by: ann)
        _ = try store.insert(.sample(queued, server: "a", command: "q"), limit: limit, key: nil, by: ann)
        #expect(try store.claim(queued, limit: nil, now: 30, by: ann))
        #expect(try store.requeue(queued, by: ann))
        #expect(try store.claim(queued, limit: RunningLimit(2, maxQueued: 0), now: 30, by: ann))
        #expect(try store.requeue(queued, by: ann))
        #expect(try store.dequeue(queued, .cancelled(by: "ann@lab", now: 40), by: ann))
        try store.append([AuditEvent(.logRead, "x"), AuditEvent(.signalled, "y")], by: ann)
        let entries = try entries(store)
        #expect(
            entries.map(\.event) == [
                "started", "kill_requested", "ended", "refused", "token_made", "token_revoked", "purged", "purged",
                "restored", "started", "queued", "started", "requeued", "started", "requeued", "ended", "log_read",
                "signalled",
            ])
        #expect(entries.allSatisfy { $0.user == "ann@lab" && $0.means == "api_token" && $0.tokenID == 7 })
        #expect(entries[0].subject == uuid.description)
        #expect(entries[0].details == #"{"command":"only:a","parameters":""}"#)
        #expect(entries[2].details == #"{"exit_code":0,"status":"completed"}"#)
        #expect(entries[4].subject == "\(id)")
        #expect(try store.execution(queued)?.killTokenID == nil)
        #expect(try store.auditedInstances() == ["a"])
    }

    static func auditsNothing(_ store: any Store) throws {
        let uuid = JobUUID()
        #expect(try !store.settle(uuid, .sample(), by: ann))
        #expect(try !store.requestKill(uuid, by: "ann@lab", ann))
        #expect(try !store.claim(uuid, limit: nil, now: 1, by: ann))
        #expect(try !store.requeue(uuid, by: ann))
        #expect(try !store.dequeue(uuid, .sample(), by: ann))
        #expect(try !store.removeToken(id: 1, by: ann))
        try store.removeRefusals(before: .max, upTo: .max, by: ann)
        #expect(try store.removeExecutions(on: "a", endedBefore: .max, upTo: .max, limit: 5, by: ann).isEmpty)
        #expect(try store.removeAuditEntries(before: .max, limit: 5, by: ann) == 0)
        try store.append([], by: ann)
        #expect(try events(store).isEmpty)
        #expect(try store.auditedInstances().isEmpty)
        let execution = Execution.sample(uuid, server: "a")
        _ = try store.insert(execution, limit: nil, key: nil, by: ann)
        #expect(throws: StoreError.self) { try store.insert(execution, limit: nil, key: nil, by: ann) }
        #expect(try !store.adopt(execution, by: ann))
        let full = RunningLimit(1, maxQueued: 0)
        #expect(try store.insert(.sample(server: "a"), limit: full, key: nil, by: ann) == .full)
        #expect(try events(store) == ["started"])
    }

    static func auditsFacts(_ store: any Store) throws {
        let hostile = "é\u{1B}]0;x\u{7}\"'\\\n\u{202E}\u{0}名"
        let actor = AuditActor(instance: "a", user: hostile, means: .webServer, address: hostile)
        let nobody = AuditActor(instance: "a", means: .timeout)
        _ = try store.insert(
            .sample(server: "a", command: "x", parameters: hostile.replacing("\u{0}", with: "")), limit: nil, key: nil,
            by: actor)
        try store.append([AuditEvent(.logRead, nil, at: 5), AuditEvent(.logRead, "", at: -1)], by: nobody)
        let entries = try entries(store)
        try #require(entries.count == 3)
        #expect(entries[0].user == hostile.replacing("\u{0}", with: "\u{FFFD}"))
        #expect(entries[0].address == entries[0].user)
        #expect(entries[1].user == nil)
        #expect(entries[1].subject == nil)
        #expect(entries[1].at == 5)
        #expect(entries[2].subject == "")
        for entry in entries {
            let line = try entry.jsonLine()
            #expect(line.dropLast().allSatisfy { (0x20..<0x7F).contains($0) })
        }
    }

    static func auditsConcurrently(_ store: any Store) async throws {
        _ = try await concurrently(24) { number in
            let server = number % 2 == 0 ? "a" : "b"
            let actor = AuditActor(instance: server, user: "\(number)", means: .jwt)
            let uuid = JobUUID()
            let limit = number % 3 == 0 ? RunningLimit(3, maxQueued: 100) : nil
            _ = try store.insert(.sample(uuid, server: server), limit: limit, key: nil, by: actor)
            _ = try store.requestKill(uuid, by: "x", actor)
            _ = try store.settle(uuid, .sample(), by: actor)
            try store.append([AuditEvent(.logRead, "\(number)")], by: actor)
        }
        let counts = try ["a", "b"].map { try entries(store, $0).filter { $0.event == "log_read" }.count }
        #expect(counts == [12, 12])
        let starts = try ["a", "b"].flatMap { try entries(store, $0) }.filter {
            ["started", "queued"].contains($0.event)
        }
        #expect(starts.count == 24)
        #expect(try store.auditedInstances() == ["a", "b"])
    }

    static func purgesAudit(_ store: any Store) throws {
        for at in [10, 20, 30, 5, 40] as [Int64] { try store.append([AuditEvent(.logRead, "\(at)", at: at)], by: ann) }
        // An entry from a wrong clock is older, and follows one that is not.
        #expect(try store.removeAuditEntries(before: 30, limit: 10, by: ann) == 2)
        #expect(try events(store) == ["log_read", "log_read", "log_read", "audit_purged"])
        #expect(try store.auditEntries(of: "a", after: 0, limit: 1).first?.number == 3)
        #expect(try store.removeAuditEntries(before: .max, limit: 2, by: ann) == 2)
        #expect(try events(store) == ["log_read", "audit_purged", "audit_purged"])
        // The newest entry stays, because the next one needs its hash.
        #expect(try store.removeAuditEntries(before: .max, limit: 10, by: ann) == 2)
        #expect(try store.removeAuditEntries(before: .max, limit: 10, by: ann) == 1)
        #expect(try events(store) == ["audit_purged", "audit_purged"])
        try store.append([AuditEvent(.logRead, "x")], by: ann)
        #expect(try events(store) == ["audit_purged", "audit_purged", "log_read"])
    }

    static func auditsConfiguration(_ store: any Store) throws {
        #expect(try store.recordConfiguration("1", path: "/a", by: ann))
        #expect(try !store.recordConfiguration("1", path: "/a", by: ann))
        try store.append([AuditEvent(.logRead, "x")], by: ann)
        #expect(try store.recordConfiguration("2", path: "/a", by: ann))
        #expect(try store.recordConfiguration("1", path: "/a", by: ann))
        #expect(try !store.recordConfiguration("1", path: "/a", by: ann))
        let changes = try entries(store).filter { $0.event == "configuration_changed" }
        #expect(changes.map(\.subject) == ["1", "2", "1"])
        #expect(
            changes.map(\.details) == [
                #"{"path":"/a"}"#, #"{"before":"1","path":"/a"}"#, #"{"before":"2","path":"/a"}"#,
            ])
    }

    static func auditsLimits(_ store: any Store) throws {
        let person = try #require(Person(identifier: "ann@lab", roles: [], isSuperUser: false))
        let limit = RunningLimit(1, maxQueued: 5)
        for (number, admission) in ["started", "queued"].enumerated() {
            let key = IdempotencyKey("key-\(number)", of: person, body: [])
            for _ in 0..<2 {
                _ = try store.insert(.sample(server: "a"), limit: limit, key: key, by: ann)
            }
            #expect(try events(store).last == admission)
        }
        let key = IdempotencyKey("key", of: person, body: [])
        for _ in 0..<2 { _ = try store.insert(.sample(server: "a"), limit: nil, key: key, by: ann) }
        #expect(try events(store) == ["started", "queued", "started"])
    }
}
