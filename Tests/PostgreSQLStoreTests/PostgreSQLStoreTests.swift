import Foundation
import Logging
import SQLiteStore
import SQLStore
import TestSupport
import Testing

@testable import Core
@testable import PostgreSQLStore

struct PostgreSQLStoreTests {
    @Test(arguments: ExecutionStoreSuite.all)
    func `the PostgreSQL store passes the tests of stores`(_ item: ExecutionStoreSuite) async throws {
        let temporary = try TemporaryStore()
        try await item.check(temporary.store)
    }

    @Test(arguments: InstanceStoreSuite.all)
    func `the PostgreSQL store passes the tests of instance stores`(_ item: InstanceStoreSuite) async throws {
        let temporary = try TemporaryStore()
        try await item.check(temporary.store)
    }

    @Test(arguments: PersonalStoreSuite.all)
    func `the PostgreSQL store passes the tests of favourites and presets`(_ item: PersonalStoreSuite) throws {
        let temporary = try TemporaryStore()
        try item.check(temporary.store)
    }

    /// Seconds by which the clock of the machine is wrong on which somebody closes the instance.
    @Test(arguments: [-100_000, -200, 200, 100_000] as [Int64])
    func `a wrong clock does not let anyone close a living instance`(_ wrong: Int64) throws {
        let store = try TemporaryStore().store
        let closing = CloseInstance(registry: store, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        // The clock of the instance is wrong, too.
        for (name, offset) in [("right", 0), ("ahead", 5000), ("behind", -5000)] as [(String, Int64)] {
            try store.register(.sample(name, name: name, lastSeen: Clock.seconds() + offset))
            let queued = Execution.sample(server: name)
            _ = try store.insert(queued, limit: nil)
            #expect(throws: CloseInstanceError.alive(name: name, goneAfter: 150)) {
                try closing.close(name, by: "root@lab", now: Clock.seconds() + wrong)
            }
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `the history equals that of the model`(_ seed: UInt64) throws {
        let temporary = try TemporaryStore()
        var property = HistoryProperty(temporary.store, seed: seed)
        try property.check(rounds: 4, queries: 40)
    }

    @Test(arguments: 11...14 as ClosedRange<UInt64>)
    func `SQLite and PostgreSQL return the same pages`(_ seed: UInt64) throws {
        let temporary = try TemporaryStore()
        let directory = try TemporaryDirectory()
        let sqlite = try SQLiteStore(path: directory.path + "/remotisan.sqlite")
        try sqlite.migrate()
        var property = HistoryProperty(temporary.store, seed: seed, beside: sqlite)
        try property.check(rounds: 4, queries: 30)
        // Every page of some queries, including one after the last.
        for visibility in [.everything, .ownAndCommands("ann@lab", ["x", "disk_usage"])] as [Visibility] {
            for sort in HistoryQuery.Sort.allCases {
                for ascending in [true, false] {
                    var query = HistoryQuery(visibility: visibility, sort: sort, ascending: ascending)
                    repeat {
                        let page = try temporary.store.history(query)
                        #expect(try sqlite.history(query) == page, "\(query)")
                        if page.rows.isEmpty { break }
                        query.page += 1
                    } while true
                }
            }
        }
    }

    @Test func `every form of a history statement returns the same rows`() throws {
        let temporary = try TemporaryStore()
        var property = HistoryProperty(temporary.store, seed: 99)
        try property.check(rounds: 6, queries: 0)
        let visibility = Visibility.ownAndCommands("ann@lab", ["x", "disk_usage", "cache:clear"])
        for status in [nil, .some(.running), .some(.completed)] as [Status??] {
            for (ascending, text) in [(false, nil), (true, "a")] as [(Bool, String?)] {
                var query = HistoryQuery(visibility: visibility, text: text, status: status, ascending: ascending)
                let total = try temporary.store.history(query).total
                while let page = PageWindow(page: query.page, perPage: query.rowsPerPage, total: total) {
                    let forms = try [0, .max].map { limit -> [Int64?] in
                        let statement = HistoryStatement(
                            query, page: page, totals: .init(found: total, candidates: total),
                            limits: .init(branched: limit, fewRows: limit == 0 ? .max : -1, sorted: 0), now: 0)
                        #expect(statement.query.sql.contains("UNION") == (limit != 0))
                        return try temporary.store.run(statement.query).flatMap(\.rows).map { $0.integer(0) }
                    }
                    #expect(forms[0] == forms[1] && !forms[0].isEmpty, "\(query)")
                    query.page += 1
                }
            }
        }
    }

    @Test func `the counts stay right if another program writes to the table, before and after folding`() throws {
        let temporary = try TemporaryStore()
        for number in 0..<30 {
            let uuid = JobUUID()
            let row = Execution.sample(uuid, user: number % 3 == 0 ? nil : "u\(number % 3)", command: "c\(number % 5)")
            _ = try temporary.store.insert(row, limit: nil)
            if number % 2 == 0 { _ = try temporary.store.settle(uuid, .sample(number % 4 == 0 ? .completed : .failed)) }
            if number == 15 { try temporary.store.register(.sample("a")) }
        }
        try temporary.sql(
            """
            UPDATE remotisan_executions SET command = 'moved', user_identifier = NULL WHERE id % 7 = 0;
            DELETE FROM remotisan_executions WHERE id % 11 = 0;
            UPDATE remotisan_executions SET process_status = 4 WHERE id % 13 = 0
            """)
        let counted = try temporary.sql(
            "SELECT command, process_status, count(*) FROM remotisan_executions GROUP BY 1, 2 ORDER BY 1, 2")
        for _ in 0..<2 {
            let counts = try temporary.store.counts().filter { $0.count != 0 }
            #expect(counts.map { "\($0.command)|\($0.status.rawValue)|\($0.count)" }.joined(separator: "\n") == counted)
            try temporary.store.register(.sample("a"))
            #expect(try temporary.sql("SELECT count(*) FROM remotisan_count_changes") == "0")
        }
    }

    @Test func `concurrent changes keep the counts right and cause no deadlock`() async throws {
        let temporary = try TemporaryStore()
        let store = temporary.store
        try store.register(.sample("gone", lastSeen: 1))
        _ = try await ExecutionStoreSuite.concurrently(12) { worker in
            for round in 0..<15 {
                let uuid = JobUUID()
                let server = worker % 2 == 0 ? "gone" : "here"
                _ = try store.insert(.sample(uuid, server: server, command: "c\(round % 3)"), limit: nil)
                switch worker % 4 {
                case 0:
                    let lost = Settlement(status: .failed, finishedAt: 9, ending: .init(reason: "lost", isLost: true))
                    _ = try store.closeExecutions(on: "gone", goneAt: 152, by: "u", running: lost, queued: lost)
                case 1: _ = try store.settle(uuid, .sample())
                case 2: _ = try store.reopenClosedExecutions(on: "gone")
                default: _ = try store.removeExecutions(on: "here", endedBefore: .max, limit: 3)
                }
                if round % 5 == 0 { try store.register(.sample("here")) }
            }
        }
        let counted = try temporary.sql(
            "SELECT command, process_status, count(*) FROM remotisan_executions GROUP BY 1, 2 ORDER BY 1, 2")
        let counts = try store.counts().filter { $0.count != 0 }
        #expect(counts.map { "\($0.command)|\($0.status.rawValue)|\($0.count)" }.joined(separator: "\n") == counted)
    }

    @Test func `max_running holds for concurrent starts of two instances`() async throws {
        let temporary = try TemporaryStore()
        let stores = [temporary.store, try temporary.another()]
        let admitted = try await ExecutionStoreSuite.concurrently(24) { number in
            try stores[number % 2].insert(.sample(command: "c\(number % 3)"), limit: RunningLimit(2)) != .full
        }
        #expect(admitted.count { $0 } == 6)
    }

    @Test func `with scope all, concurrent claims respect max_running and the order of the queue`() async throws {
        let temporary = try TemporaryStore()
        let stores = [temporary.store, try temporary.another(), try temporary.another()]
        let now = Execution.sample().executedAt
        for server in ["0", "1", "2"] { try temporary.store.register(.sample(server, lastSeen: now)) }
        let limit = RunningLimit(3, over: .all, maxQueued: 15)
        let admissions = try await ExecutionStoreSuite.concurrently(24) { number in
            try stores[number % 3].insert(.sample(server: "\(number % 3)"), limit: limit)
        }
        #expect(admissions.count { if case .running = $0 { true } else { false } } == 3)
        #expect(admissions.count { $0 == .full } == 6)
        let ahead = admissions.compactMap { if case .queued(_, let ahead) = $0 { ahead } else { nil } }
        #expect(ahead.sorted() == Array(0..<15))
        let ids = admissions.compactMap { if case .queued(let id, _) = $0 { id } else { nil } }
        var started: [Int64] = []
        for _ in 0..<15 {
            let running = try (0..<3).flatMap { try temporary.store.running(on: "\($0)") }
            let ended = try #require(running.first.flatMap { JobUUID($0.jobUUID) })
            #expect(try temporary.store.settle(ended, .sample()))
            // Every store tries to claim every queued execution. One execution is next, and one store gets it.
            let queued = try (0..<3).flatMap { try temporary.store.queued(on: "\($0)") }
            let claimed = try await ExecutionStoreSuite.concurrently(3) { number in
                try queued.filter { row in
                    try JobUUID(row.jobUUID).map { try stores[number].claim($0, limit: limit, now: now) } ?? false
                }.map(\.id)
            }.flatMap { $0 }
            #expect(claimed.count == 1)
            started += claimed
        }
        #expect(started == ids.sorted())
    }

    @Test func `a commit is synced before it returns, whatever the setting of the server`() throws {
        let temporary = try TemporaryStore()
        try temporary.sql("ALTER DATABASE \(temporary.database) SET synchronous_commit = off")
        let off = try temporary.another().run("SELECT current_setting('synchronous_commit')")
        #expect(off.rows.first?.text(0) == "on")
        try temporary.sql("ALTER DATABASE \(temporary.database) SET synchronous_commit = remote_apply")
        let remoteApply = try temporary.another().run("SELECT current_setting('synchronous_commit')")
        #expect(remoteApply.rows.first?.text(0) == "remote_apply")
    }

    @Test func `NUL, which PostgreSQL cannot store, is replaced, and a search for it finds nothing`() throws {
        let temporary = try TemporaryStore()
        let uuid = JobUUID()
        _ = try temporary.store.insert(.sample(uuid, parameters: "a\0b"), limit: nil)
        #expect(try temporary.store.execution(uuid)?.parameters == "a\u{FFFD}b")
        #expect(try temporary.store.history(.init(visibility: .everything, text: "a\0b")).total == 0)
        #expect(try temporary.store.history(.init(visibility: .own("ann@lab\0"))).total == 0)
    }

    @Test func `arrays of texts are passed unchanged`() throws {
        let temporary = try TemporaryStore()
        let texts = ["", "a,b", "\"", "\\", "{}", "NULL", " x ", "é\u{301}", "\"\u{301}", "'", "a\nb"]
        let answer = try temporary.store.run(
            "SELECT name FROM unnest($1::text[]) WITH ORDINALITY AS list (name, place) ORDER BY place",
            [Value(list: texts)])
        #expect(answer.rows.map { $0.text(0).map { Array($0.utf8) } } == texts.map { Array($0.utf8) })
    }
}
