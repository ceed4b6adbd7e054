import Core
import Testing

/// API tokens.
extension ExecutionStoreSuite {
    static let tokens: [ExecutionStoreSuite] = [
        .init(name: "tokens are stored, found, listed and revoked", check: storesTokens),
        .init(name: "a use of a token is recorded at most once a minute", check: notesUse),
        .init(name: "executions and refused attempts name their token", check: namesTokens),
    ]

    static func storesTokens(_ store: any Store) throws {
        #expect(try store.tokens().isEmpty)
        func token(_ id: Int64, user: String, _ name: String = "", isSuperUser: Bool = false) -> APIToken {
            APIToken(
                id: id, name: name, user: user, roles: id == 0 ? ["B", "A"] : ["A", "B"], isSuperUser: isSuperUser,
                createdAt: 1, expiresAt: name.isEmpty ? nil : 2)
        }
        let first = try store.addToken(hash: "h1", token(0, user: "ann@lab", "n"))
        let second = try store.addToken(hash: "h2", token(0, user: "bob@lab", isSuperUser: true))
        let tokens = [
            token(first, user: "ann@lab", "n"), token(second, user: "bob@lab", isSuperUser: true),
        ]
        #expect(try store.tokens() == tokens)
        #expect(try store.token(hash: "h1") == tokens[0])
        #expect(try store.token(hash: "h3") == nil)
        #expect(try store.token(hash: "") == nil)
        #expect(throws: StoreError.self) {
            _ = try store.addToken(hash: "h1", token(0, user: "x"))
        }
        #expect(try store.removeToken(id: first))
        #expect(try !store.removeToken(id: first))
        #expect(try store.token(hash: "h1") == nil)
        let roles: Set = ["a,b", "c\"d", "é", " "]
        let third = try store.addToken(
            hash: "h4", APIToken(id: 0, name: "", user: "x", roles: roles, createdAt: 1, expiresAt: nil))
        #expect(try store.token(hash: "h4")?.roles == roles)
        #expect(third > second, "The number of a revoked token is not given again.")
    }

    static func notesUse(_ store: any Store) throws {
        let id = try store.addToken(
            hash: "h", APIToken(id: 0, name: "", user: "x", roles: [], createdAt: 1, expiresAt: nil))
        _ = try store.addToken(
            hash: "other", APIToken(id: 0, name: "", user: "x", roles: [], createdAt: 1, expiresAt: nil))
        let start: Int64 = 1_790_000_000
        for (time, kept) in [(0, 0), (1, 0), (59, 0), (60, 60), (119, 60), (180, 180), (-900, -900)] as [(Int64, Int64)]
        {
            try store.noteUse(ofToken: id, at: start + time)
            #expect(try store.token(hash: "h")?.lastUsedAt == start + kept)
        }
        #expect(try store.token(hash: "other")?.lastUsedAt == nil)
    }

    static func namesTokens(_ store: any Store) throws {
        let token = TokenReference(id: 7, name: "nightly")
        let uuids = (0..<5).map { _ in JobUUID() }
        let limit = RunningLimit(1, maxQueued: 9)
        for (number, uuid) in uuids.enumerated() {
            var row = Execution.sample(uuid)
            row.token = number == 3 ? nil : number == 4 ? TokenReference(id: 8, name: "") : token
            _ = try store.insert(row, limit: number == 0 ? nil : limit)
        }
        #expect(try store.execution(uuids[0])?.token == token)
        #expect(try store.execution(uuids[1])?.token == token)
        #expect(try store.execution(uuids[3])?.token == nil)
        #expect(try store.execution(uuids[4])?.token == TokenReference(id: 8, name: ""))
        let open = try store.openExecutions(ofToken: 7)
        #expect(open.map(\.jobUUID) == uuids.prefix(3).map(\.description))
        #expect(open.map(\.status) == [.running, .queued, .queued])
        #expect(try store.requestKill(uuids[0], by: "ann@lab", token: 9))
        #expect(try store.execution(uuids[0])?.killTokenID == 9)
        #expect(try store.dequeue(uuids[4], .cancelled(by: "ann@lab", token: 9, now: 1_790_000_001)))
        #expect(try store.execution(uuids[4])?.killTokenID == 9)
        #expect(try store.execution(uuids[1])?.killTokenID == nil)
        _ = try store.settle(uuids[0], .sample())
        #expect(try store.openExecutions(ofToken: 7).count == 2)
        try store.insert(
            Refusal(userIdentifier: "ann@lab", command: "x", parameters: "", reason: "r", at: 1, token: token))
        try store.insert(Refusal(userIdentifier: "ann@lab", command: "x", parameters: "", reason: "r", at: 1))
        #expect(try store.refusals(limit: 2).map(\.token) == [nil, token])
    }
}
