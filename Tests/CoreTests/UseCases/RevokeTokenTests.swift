import SQLiteStore
import TestSupport
import Testing

@testable import Core

struct RevokeTokenTests {
    private static func insert(_ store: SQLiteStore, token: Int64?, _ limit: RunningLimit? = nil) throws -> JobUUID {
        let uuid = JobUUID()
        var row = Execution.sample(uuid)
        row.token = token.map { TokenReference(id: $0, name: "") }
        _ = try store.insert(row, limit: limit)
        return uuid
    }

    @Test(arguments: [false, true])
    func `queued executions of a revoked token are cancelled, unless they are kept`(_ isKeeping: Bool) throws {
        let temporary = try TemporaryStorage()
        let store = try SQLiteStore(path: temporary.storage.database)
        try store.migrate()
        let limit = RunningLimit(1, maxQueued: 9)
        let tokens = try ["a", "b"].map { hash in
            try store.addToken(
                hash: hash, APIToken(id: 0, name: "", user: "robot", roles: [], createdAt: 1, expiresAt: nil))
        }
        let running = try Self.insert(store, token: tokens[0], limit)
        let queued = try (0..<2).map { _ in try Self.insert(store, token: tokens[0], limit) }
        let others = [
            try Self.insert(store, token: tokens[1], limit), try Self.insert(store, token: nil, limit),
        ]
        let revoking = RevokeToken(tokens: store, store: store, by: .test)
        #expect(try revoking.countQueued(by: tokens[0]) == 2)
        let outcome = try revoking.revoke(tokens[0], by: "root", isKeepingQueued: isKeeping, now: 1_790_000_009)
        #expect(outcome == .init(cancelled: isKeeping ? 0 : 2, remaining: isKeeping ? 3 : 1))
        for uuid in queued {
            #expect(try store.execution(uuid)?.status == (isKeeping ? .queued : .killed))
            #expect(try store.execution(uuid)?.killedBy == (isKeeping ? nil : "root"))
        }
        #expect(try store.execution(running)?.status == .running)
        for uuid in others { #expect(try store.execution(uuid)?.status == .queued) }
        #expect(try store.tokens().map(\.id) == [tokens[1]])
        #expect(try revoking.revoke(tokens[0], by: "root", isKeepingQueued: false, now: 1) == nil)
    }
}
