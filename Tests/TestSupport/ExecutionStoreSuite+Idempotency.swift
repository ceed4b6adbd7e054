import Core
import Testing

/// Idempotency keys.
extension ExecutionStoreSuite {
    static let idempotency: [ExecutionStoreSuite] = [
        .init(name: "a key that was used before stores nothing", check: knowsKey),
        .init(name: "a key belongs to one person and one body", check: separatesKeys),
        .init(name: "a key of a refused request can be used again", check: releasesKey),
        .init(name: "a key is known for a day", check: forgetsKey),
        .init(name: "one of many concurrent requests with a key is stored", check: storesKeyOnce),
        .init(name: "the answer to a queued request is repeated", check: repeatsQueued),
        .init(name: "a released key starts a new execution", check: releasesKeyOfExecution),
    ]

    private static func key(
        _ text: String = "k", of user: String = "ann@lab", body: String = "{}", boot: String = "boot",
        bootSeconds: Int64 = 100_000, seconds: Int64 = 1_790_000_000
    ) throws -> IdempotencyKey {
        let person = try #require(Person(identifier: user, roles: [], isSuperUser: false))
        return IdempotencyKey(
            text, of: person, body: Array(body.utf8),
            at: .init(bootID: boot, bootSeconds: bootSeconds, seconds: seconds))
    }

    private static func insert(
        _ key: IdempotencyKey, in store: any Store, limit: RunningLimit? = nil
    ) throws -> (JobUUID, Admission) {
        let uuid = JobUUID()
        return (uuid, try store.insert(.sample(uuid), limit: limit, key: key))
    }

    static func knowsKey(_ store: any Store) throws {
        for limit in [nil, RunningLimit(9)] {
            let key = try key("with \(limit == nil ? "no " : "")limit")
            #expect(try store.firstRequest(key) == nil)
            let (first, admission) = try insert(key, in: store, limit: limit)
            guard case .running = admission else {
                Issue.record("\(admission)")
                continue
            }
            let known = FirstRequest(jobUUID: first.description, bodyHash: key.bodyHash, ahead: nil)
            #expect(try store.firstRequest(key) == known)
            let (second, repeated) = try insert(key, in: store, limit: limit)
            #expect(repeated == .repeated(known))
            #expect(try store.execution(second) == nil)
            #expect(try store.execution(first) != nil)
        }
    }

    static func releasesKeyOfExecution(_ store: any Store) throws {
        let key = try key()
        let other = try Self.key("other")
        let (first, _) = try insert(key, in: store)
        let (second, _) = try insert(other, in: store)
        try store.releaseKey(of: first)
        #expect(try store.firstRequest(key) == nil)
        #expect(try store.firstRequest(other)?.jobUUID == second.description)
        let (third, admission) = try insert(key, in: store)
        guard case .running = admission else {
            Issue.record("\(admission)")
            return
        }
        #expect(try store.firstRequest(key)?.jobUUID == third.description)
    }

    static func separatesKeys(_ store: any Store) throws {
        let ann = try key()
        let (first, _) = try insert(ann, in: store)
        for other in [try key("K"), try key(of: "bob@lab"), try key(of: "ann@lab\0", body: "{}")] {
            guard case .running = try insert(other, in: store).1 else {
                Issue.record("Another key or another person is another request.")
                return
            }
        }
        let changed = try key(body: "{ }")
        #expect(changed.hash == ann.hash)
        #expect(changed.bodyHash != ann.bodyHash)
        let (_, admission) = try insert(changed, in: store)
        #expect(
            admission == .repeated(FirstRequest(jobUUID: first.description, bodyHash: ann.bodyHash, ahead: nil)))
    }

    static func releasesKey(_ store: any Store) throws {
        let limit = RunningLimit(1)
        let running = JobUUID()
        _ = try store.insert(.sample(running), limit: limit)
        let key = try key()
        #expect(try insert(key, in: store, limit: limit).1 == .full)
        #expect(try store.firstRequest(key) == nil)
        _ = try store.settle(running, .sample())
        guard case .running = try insert(key, in: store, limit: limit).1 else {
            Issue.record("There is room now.")
            return
        }
    }

    static func forgetsKey(_ store: any Store) throws {
        let day = IdempotencyKey.lifetime
        let (first, _) = try insert(try key(), in: store)
        // Within a boot its clock decides, and a wall clock that jumps does not matter.
        for (boot, isKnown) in [(100_000, true), (100_000 + day - 1, true), (100_000 + day, false)] as [(Int64, Bool)] {
            for wall in [-400 * day, 0, 400 * day] {
                let later = try key(bootSeconds: boot, seconds: 1_790_000_000 + wall)
                #expect((try store.firstRequest(later) != nil) == isKnown)
            }
        }
        for (wall, isKnown) in [(day - 1, true), (day, false)] {
            let later = try key(boot: "later", bootSeconds: 5, seconds: 1_790_000_000 + wall)
            #expect((try store.firstRequest(later) != nil) == isKnown)
        }
        let late = try key(boot: "later", bootSeconds: 5, seconds: 1_790_000_000 + day)
        let (second, admission) = try insert(late, in: store)
        guard case .running = admission else {
            Issue.record("\(admission)")
            return
        }
        #expect(second != first)
        #expect(try store.firstRequest(late)?.jobUUID == second.description)
        // A key that is new removes old ones.
        let lateStranger = try key("new", boot: "later", bootSeconds: 5 + day, seconds: 1_790_000_000 + 2 * day)
        _ = try insert(lateStranger, in: store)
        #expect(try store.firstRequest(late) == nil)
    }

    static func storesKeyOnce(_ store: any Store) async throws {
        for limit in [nil, RunningLimit(1, maxQueued: 5)] {
            let key = try key("\(limit?.maxRunning ?? 0)")
            let jobs = try await concurrently(16) { _ in
                let (uuid, admission) = try insert(key, in: store, limit: limit)
                return if case .repeated(let first) = admission { first.jobUUID } else { uuid.description }
            }
            #expect(Set(jobs).count == 1)
        }
        #expect(try store.counts().map(\.count).reduce(0, +) == 2)
    }

    static func repeatsQueued(_ store: any Store) throws {
        let limit = RunningLimit(1, maxQueued: 5)
        for _ in 0..<3 { _ = try store.insert(.sample(), limit: limit) }
        let key = try key()
        let (uuid, admission) = try insert(key, in: store, limit: limit)
        guard case .queued(_, ahead: 2) = admission else {
            Issue.record("\(admission)")
            return
        }
        let known = FirstRequest(jobUUID: uuid.description, bodyHash: key.bodyHash, ahead: 2)
        #expect(try insert(key, in: store, limit: limit).1 == .repeated(known))
        #expect(try store.firstRequest(key) == known)
    }
}
