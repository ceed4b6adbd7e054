import Core
import Testing

/// Executions that the store has lost, and its own state.
extension ExecutionStoreSuite {
    static let restored: [ExecutionStoreSuite] = [
        .init(name: "a lost execution is adopted once, as running", check: adopts),
        .init(name: "jobs without an execution are found", check: findsMissing),
        .init(name: "a store in order is verified", check: verifies),
    ]

    static func adopts(_ store: any Store) throws {
        let uuid = JobUUID()
        var lost = Execution.sample(uuid, user: nil, command: "a:b", parameters: "x 'y z'")
        lost.queuedAt = 1_789_999_999
        lost.token = TokenReference(id: 7, name: "nightly")
        #expect(try store.adopt(lost))
        #expect(try !store.adopt(.sample(uuid, user: "eve")))
        let kept = try #require(try store.execution(uuid))
        lost.id = kept.id
        lost.finishedAt = 0
        lost.isRestored = true
        #expect(kept == lost)
        #expect(try store.running(on: lost.serverUUID) == [kept])
        #expect(try store.settle(uuid, .sample()))
        #expect(try store.execution(uuid)?.isRestored == true)
        #expect(try !store.adopt(lost), "An ended execution does not run again.")
    }

    static func findsMissing(_ store: any Store) throws {
        let known = JobUUID()
        _ = try store.insert(.sample(known), limit: nil)
        let unknown = (1...3).map { _ in JobUUID() }
        #expect(try store.missing([]) == [])
        #expect(try store.missing([unknown[0], known] + unknown[1...]) == unknown)
    }

    static func verifies(_ store: any Store) throws {
        try store.verify()
        #expect(!store.mustBeReopened)
        #expect(store.prepareToReopen())
        try store.verify()
    }
}
