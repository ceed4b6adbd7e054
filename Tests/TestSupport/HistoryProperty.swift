import Core
import Testing

/// Compares the history of a store with ``HistoryModel``, and optionally with a second store, for random rows and
/// queries.
package struct HistoryProperty {
    private var random: SeededGenerator
    private let seed: UInt64
    private let store: any ExecutionStore
    private let twin: (any ExecutionStore)?
    private var model = HistoryModel()

    private static let users: [String?] = ["ann@lab", "bob@lab", "Ann@lab", "é", "", nil]
    private static let commands = ["cache:clear", "CACHE:clear", "disk_usage", "disk%usage", "a\\b", "é:x", "x"]
    private static let parameters = [
        "", "50%", "50_", "a b", "A B", "\\%", "%\u{301}x", "x", "'quoted' \"line\"", "\u{1F600}",
    ]
    private static let texts = [
        "%", "_", "\\", "a", "A B", "é", "É", "50%", "_u", "%u", "%\u{301}", "\u{301}", "clear 50", "x ", "", "\\%",
        "\u{1F600}", "'", "cache", "CACHE:", "ache:clear", "disk%", "disk_u", "\"line\"", "'quoted'", "k_usage 50%",
        "é:x",
        "É:X", "d\" l", "line\" AND \"x", "\u{212A}_u", "x \u{1F600}", "%us", "a\\b",
    ]

    private static let servers = [Execution.sample().serverUUID, "99999999-2222-3333-4444-555555555555", "old name"]
    private static let tokens: [HistoryQuery.TokenFilter] = [.person, .anyToken, .token(7), .token(8), .token(9)]

    /// - Parameters:
    ///   - store: An empty store.
    ///   - seed: The seed of the random rows and queries.
    ///   - twin: Another empty store, which gets the same rows.
    package init(_ store: any ExecutionStore, seed: UInt64, beside twin: (any ExecutionStore)? = nil) {
        self.store = store
        self.twin = twin
        self.seed = seed
        random = SeededGenerator(seed: seed)
    }

    /// Changes random rows, and runs random queries after each round.
    package mutating func check(rounds: Int, queries: Int) throws {
        var uuids: [JobUUID] = []
        for _ in 0..<rounds {
            for _ in 0..<20 { uuids.append(try insert()) }
            for uuid in uuids where Int.random(in: 0..<4, using: &random) == 0 { try settle(uuid) }
            try remove()
            // Searches must find the same with and without an index, and while it lacks the newest rows.
            if Bool.random(using: &random) { while try store.indexSearch(atLeast: 1) {} }
            let counts = try store.counts().filter { $0.count != 0 }
            #expect(counts == model.counts, "seed \(seed)")
            for _ in 0..<queries { try query() }
        }
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &random)]
    }

    private mutating func insert() throws -> JobUUID {
        let uuid = JobUUID()
        // Few different times, so that many rows have the same time.
        var row = Execution.sample(
            uuid, server: pick(Self.servers), user: pick(Self.users), command: pick(Self.commands),
            parameters: pick(Self.parameters),
            executedAt: 1_780_000_000 + Int64.random(in: 0...30, using: &random) * 100)
        row.token = pick([nil, TokenReference(id: 7, name: "nightly"), TokenReference(id: 8, name: "")])
        // Some executions are queued. Some of these are started or cancelled later.
        let limit = Bool.random(using: &random) ? nil : RunningLimit(3, maxQueued: 9)
        let admission = try store.insert(row, limit: limit)
        if let twin { #expect(try twin.insert(row, limit: limit) == admission, "seed \(seed)") }
        if let kept = try store.execution(uuid) { model.put(kept) }
        return uuid
    }

    private mutating func settle(_ uuid: JobUUID) throws {
        let end = Settlement.sample(
            pick([.completed, .failed, .killed]), at: 1_780_003_000 + Int64.random(in: 0...20, using: &random) * 100)
        let kind = Int.random(in: 0..<3, using: &random)
        func change(_ store: any ExecutionStore) throws -> Bool {
            switch kind {
            case 0: try store.claim(uuid, limit: nil, now: end.finishedAt - 50)
            case 1: try store.dequeue(uuid, end)
            default: try store.settle(uuid, end)
            }
        }
        let changed = try change(store)
        if let twin { #expect(try change(twin) == changed, "seed \(seed)") }
        if changed, let kept = try store.execution(uuid) { model.put(kept) }
    }

    private mutating func remove() throws {
        let before = 1_780_003_000 + Int64.random(in: 0...20, using: &random) * 100
        let server = Execution.sample().serverUUID
        let removed = try store.removeExecutions(on: server, endedBefore: before, limit: 5)
        if let twin {
            #expect(try twin.removeExecutions(on: server, endedBefore: before, limit: 5) == removed, "seed \(seed)")
        }
        for uuid in removed {
            model.remove(uuid)
        }
    }

    private mutating func query() throws {
        let visibility: Visibility =
            switch Int.random(in: 0..<4, using: &random) {
            case 0: .own(pick(Self.users) ?? "nobody")
            case 1: .ownAndCommands(pick(Self.users) ?? "nobody", Set((0..<3).map { _ in pick(Self.commands) }))
            case 2: .ownAndCommands("ann@lab", [])
            default: .everything
            }
        func sometimes<Value>(_ value: Value) -> Value? { Int.random(in: 0..<3, using: &random) == 0 ? value : nil }
        var query = HistoryQuery(visibility: visibility, page: Int.random(in: 1...4, using: &random))
        if let text = sometimes(pick(Self.texts)) { query.text = text }
        if let status = sometimes(pick([.running, .completed, .failed, .killed, .queued, nil] as [Status?])) {
            query.status = .some(status)
        }
        if let user = sometimes(pick(Self.users)) { query.user = user }
        if let name = sometimes(pick(Self.commands)) { query.name = name }
        if let uuid = sometimes(pick(["a", "-4", "0f", "%", "_", "-4%", "\"-4"])) { query.uuid = uuid }
        // Most rows have no such part, but this one has.
        if let row = sometimes(model.rows.randomElement(using: &random)) ?? nil {
            let start = Int.random(in: 0...30, using: &random)
            let part = row.jobUUID.dropFirst(start).prefix(Int.random(in: 2...9, using: &random))
            query.uuid = Bool.random(using: &random) ? String(part) : part.uppercased()
        }
        if let from = sometimes(1_780_000_000 + Int64.random(in: 0...30, using: &random) * 100) { query.from = from }
        if let until = sometimes(1_780_000_000 + Int64.random(in: 0...30, using: &random) * 100) { query.until = until }
        if let instance = sometimes(pick(Self.servers)) { query.instance = instance }
        if let token = sometimes(pick(Self.tokens)) { query.token = token }
        let least = sometimes(Int64.random(in: 0...40, using: &random) * 100)
        let most = sometimes(Int64.random(in: 0...40, using: &random) * 100)
        query.duration = HistoryQuery.DurationFilter(least: least, most: most, now: 1_780_004_000)
        if let cap = sometimes(Int.random(in: 1...60, using: &random)) { query.maxRecords = cap }
        query.sort = pick(HistoryQuery.Sort.allCases)
        query.ascending = Bool.random(using: &random)
        query.exactUpTo = sometimes(1000)
        query.rowsPerPage = sometimes(Int.random(in: 1...50, using: &random)) ?? query.rowsPerPage

        let page = try store.history(query)
        let expected = model.rows(of: query, now: Clock.seconds()).map(\.id)
        let start = (query.page - 1) * query.rowsPerPage
        #expect(page.total == expected.count, "seed \(seed): \(query)")
        #expect(
            page.rows.map(\.id) == Array(expected.dropFirst(start).prefix(query.rowsPerPage)),
            "seed \(seed): \(query)")
        if let twin {
            #expect(try twin.history(query) == page, "seed \(seed): \(query)")
            #expect(try twin.users(visibility) == store.users(visibility), "seed \(seed): \(visibility)")
        }
        #expect(try store.users(visibility) == model.users(visibility), "seed \(seed): \(visibility)")
        if Int.random(in: 0..<3, using: &random) == 0 { try batches(query, expected) }
    }

    /// Batches of any size must be the same rows as all pages.
    private mutating func batches(_ query: HistoryQuery, _ expected: [Int64]) throws {
        let now = Clock.seconds()
        let size = Int.random(in: 1...40, using: &random)
        for store in [store, twin].compactMap(\.self) {
            var ids: [Int64] = []
            var batch = try store.history(query, after: nil, now: now, count: size)
            while true {
                ids += batch.rows.map(\.id)
                guard let end = batch.end, ids.count < 10_000 else { break }
                batch = try store.history(query, after: end, now: now, count: size)
            }
            #expect(ids == expected, "seed \(seed), \(size) rows: \(query)")
        }
    }
}
