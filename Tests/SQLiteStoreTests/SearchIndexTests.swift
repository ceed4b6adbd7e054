import Core
import Foundation
import GRDB
import SQLStore
import TestSupport
import Testing

@testable import SQLiteStore

struct SearchIndexTests {
    private static func search(_ text: String) -> HistoryQuery { HistoryQuery(visibility: .everything, text: text) }

    private static func find(_ text: String, in store: SQLiteStore) throws -> Int {
        try store.history(search(text)).total
    }

    /// The number of executions in the index that contain a trigram, whether or not there is such a row.
    private static func indexed(_ trigram: String, in table: String = "texts", of store: SQLiteStore) throws -> Int {
        try store.read { db in
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM remotisan_search_\(table) WHERE remotisan_search_\(table) MATCH ?",
                arguments: ["\"\(trigram)\""]) ?? -1
        }
    }

    @Test func `a search finds executions before and after they are in the index`() throws {
        let temporary = try TemporaryStore()
        let store = temporary.store
        for number in 0..<1500 { _ = try store.insert(.sample(parameters: "number \(number)."), limit: nil) }
        #expect(try store.searchState() == .indexed(missing: 1500))
        #expect(try Self.find("BER 77.", in: store) == 1)
        // 1000 at a time.
        #expect(try store.indexSearch(atLeast: 1))
        #expect(try store.searchState() == .indexed(missing: 500))
        #expect(try Self.indexed("77.", of: store) == 10)
        #expect(try Self.find("ber 77.", in: store) == 1)
        #expect(try Self.find("ber 1077.", in: store) == 1)
        #expect(try !store.indexSearch(atLeast: 501))
        #expect(try !store.indexSearch(atLeast: 500))
        #expect(try store.searchState() == .indexed(missing: 0))
        #expect(try Self.find("number", in: store) == 1500)
    }

    @Test func `a slice of the index ends when its time is over`() throws {
        let temporary = try TemporaryStore()
        let store = temporary.store
        for number in 0..<120 { _ = try store.insert(.sample(parameters: "number \(number)."), limit: nil) }
        for missing in [70, 20, 0] {
            #expect(try store.indexSearch(atLeast: 1, within: 0) == (missing > 0))
            #expect(try store.searchState() == .indexed(missing: missing))
            #expect(try Self.find("number", in: store) == 120)
        }
        #expect(try Self.indexed("ber", of: store) == 120)
    }

    @Test func `nothing of a removed or changed execution stays in the index`() throws {
        let temporary = try TemporaryStore()
        let store = temporary.store
        let uuids = try (0..<3).map { number in
            let uuid = JobUUID()
            _ = try store.insert(.sample(uuid, server: "a", parameters: "secret\(number)"), limit: nil)
            _ = try store.settle(uuid, .sample(at: 20 + Int64(number)))
            return uuid
        }
        while try store.indexSearch(atLeast: 1) {}
        #expect(try Self.indexed("cre", of: store) == 3)
        _ = try store.removeExecutions(on: "a", endedBefore: .max, limit: 1)
        #expect(try Self.indexed("cre", of: store) == 2)
        #expect(try Self.indexed("-4", in: "uuids", of: store) == 0, "a text that is too short has no trigram")
        for uuid in uuids {
            let isThere = try store.execution(uuid) != nil
            #expect(try Self.indexed(String(uuid.description.prefix(3)), in: "uuids", of: store) >= (isThere ? 1 : 0))
        }
        // Another program may change a row, or insert one with a small number.
        try store.write { db in
            try db.execute(sql: "UPDATE remotisan_executions SET parameters = 'open' WHERE parameters = 'secret2'")
            try db.execute(sql: "UPDATE remotisan_executions SET id = 1 WHERE parameters = 'secret1'")
        }
        #expect(try Self.indexed("cre", of: store) == 1)
        #expect(try Self.find("open", in: store) == 1)
        #expect(try Self.find("secret1", in: store) == 1)
        _ = try store.removeExecutions(on: "a", endedBefore: .max, limit: 9)
        for trigram in ["cre", "ope", "a:b"] { #expect(try Self.indexed(trigram, of: store) == 0) }
        try store.write { db in
            for table in ["texts", "uuids"] {
                let name = "remotisan_search_\(table)"
                try db.execute(sql: "INSERT INTO \(name) (\(name)) VALUES ('integrity-check')")
            }
        }
    }

    @Test func `each part of every UUID is found`() throws {
        let temporary = try TemporaryStore()
        let store = temporary.store
        let uuids = (0..<20).map { _ in JobUUID() }
        for uuid in uuids { _ = try store.insert(.sample(uuid), limit: nil) }
        while try store.indexSearch(atLeast: 1) {}
        for uuid in uuids.map(\.description) {
            for length in [3, 8, 13, 35] {
                let part = String(uuid.dropFirst(36 - length))
                let rows = try store.history(HistoryQuery(visibility: .everything, uuid: part.uppercased())).rows
                #expect(rows.contains { $0.jobUUID == uuid }, "\(part)")
            }
        }
        let long = String(repeating: "0123456789abcdef", count: 30)
        #expect(try store.history(HistoryQuery(visibility: .everything, uuid: long)).total == 0)
        #expect(try Self.find(long, in: store) == 0)
    }

    @Test func `the total of a search is exact up to a limit, and further pages can be read beyond it`() throws {
        let temporary = try TemporaryStore()
        let store = temporary.store
        try store.write { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
                    INSERT INTO remotisan_executions (job_uuid, server_uuid, user_identifier, command, parameters,
                        executed_at, process_status)
                    SELECT 'uuid-' || i, 's', 'ann', 'count', 'to ' || i, i, 2 FROM n
                    """)
        }
        for isIndexed in [false, true] {
            while isIndexed, try store.indexSearch(atLeast: 1) {}
            for visibility in [.everything, .own("ann")] as [Visibility] {
                for text in ["count to", "o "] {
                    var query = HistoryQuery(visibility: visibility, text: text, exactUpTo: 3000)
                    #expect(try store.history(query).total == 3000)
                    #expect(try store.history(query).isTotalExact)
                    query.exactUpTo = 100
                    for (page, total, isExact) in [(1, 1010, false), (199, 2990, false), (201, 3000, true)] {
                        query.page = page
                        let found = try store.history(query)
                        #expect(found.total == total && found.isTotalExact == isExact, "\(query)")
                        let first = 3000 - Int64(page - 1) * 10
                        #expect(found.rows.map(\.executedAt) == (0..<10).map { first - $0 }, "\(query)")
                    }
                    query.page = .max
                    #expect(try store.history(query).total == 3000)
                }
            }
        }
    }

    @Test func `without an index searches read all rows`() throws {
        let temporary = try TemporaryStore()
        let store = temporary.store
        _ = try store.insert(.sample(parameters: "needle"), limit: nil)
        while try store.indexSearch(atLeast: 1) {}
        // As in a database of a program whose SQLite had no trigrams.
        try store.write { db in
            try db.execute(
                sql: """
                    DROP TRIGGER remotisan_search_insert; DROP TRIGGER remotisan_search_delete;
                    DROP TRIGGER remotisan_search_forget; DROP TRIGGER remotisan_search_update;
                    DROP TABLE remotisan_search_texts; DROP TABLE remotisan_search_uuids; DROP TABLE remotisan_search;
                    """)
        }
        #expect(try Self.find("needle", in: store) == 1)
        #expect(try !store.indexSearch(atLeast: 1))
        guard case .unindexed(let reason) = try store.searchState() else {
            Issue.record("There is no index.")
            return
        }
        #expect(SearchCheck(.unindexed(reason)).findings.map(\.severity) == [.warning])
        #expect(SearchCheck(.indexed(missing: 100_000)).findings.map(\.severity) == [.warning])
        #expect(SearchCheck(.indexed(missing: 400)).findings.map(\.severity) == [.ok])
    }

    @Test func `every form of a search and of an order by duration returns the same rows`() throws {
        let temporary = try TemporaryStore()
        let store = temporary.store
        var property = HistoryProperty(store, seed: 7)
        try property.check(rounds: 8, queries: 0)
        while try store.indexSearch(atLeast: 1) {}
        for visibility in [.everything, .ownAndCommands("ann@lab", ["x", "disk_usage"])] as [Visibility] {
            for (sort, ascending) in [(.executedAt, false), (.duration, false), (.duration, true)]
                as [(HistoryQuery.Sort, Bool)]
            {
                for text in ["usage", "cache", nil] {
                    let query = HistoryQuery(visibility: visibility, text: text, sort: sort, ascending: ascending)
                    let pages = try [(-1, 0), (-1, 10_000), (20_000, 0), (20_000, 10_000)].map { few, inOrder in
                        try Self.page(query, fewCandidates: few, inOrder: inOrder, in: store)
                    }
                    #expect(Set(pages).count == 1, "\(query)")
                    #expect(pages[0].count > 1)
                }
            }
        }
    }

    @Test(arguments: [false, true])
    func `the first of many rows are found in the order of time, not of their numbers`(_ ascending: Bool) throws {
        let temporary = try TemporaryStore()
        let store = temporary.store
        var random = SeededGenerator(seed: 5)
        for number in 0..<400 {
            // Most times follow each other, and some are early, late or equal.
            let isNear = Int.random(in: 0..<5, using: &random) > 0
            let time = isNear ? Int64(number) : Int64.random(in: 0..<400, using: &random)
            _ = try store.insert(
                .sample(user: number % 3 == 0 ? "a" : "b", parameters: "many", executedAt: time / 2), limit: nil)
            if number == 380 { while try store.indexSearch(atLeast: 1) {} }
        }
        for visibility in [.everything, .own("a")] as [Visibility] {
            for page in [1, 2, 9] {
                let query = HistoryQuery(
                    visibility: visibility, page: page, text: "MANY", ascending: ascending, exactUpTo: 50)
                let expected = try store.history(query).rows.map(\.id)
                let found = try store.readSnapshot { db -> [Int64] in
                    var plan = try HistoryPlan(query, in: db, fewCandidates: 10)
                    let window = try #require(
                        PageWindow(
                            page: page, perPage: query.rowsPerPage, total: plan.total, isExact: plan.isTotalExact))
                    try plan.choose(for: window, of: query, leastRows: 1, in: db)
                    #expect(plan.candidates != nil)
                    let statement = try HistoryStatement(
                        query, window, total: plan.total, among: plan.candidates, in: db)
                    let ids = try SQLRequest<Row>(literal: statement.sql).fetchAll(db).map { $0["id"] as Int64 }
                    return window.isFromTheEnd ? ids.reversed() : ids
                }
                #expect(found == expected && found.count == 10, "\(query)")
            }
        }
    }

    /// The total and the numbers of the rows on a page.
    private static func page(
        _ query: HistoryQuery, fewCandidates: Int, inOrder: Int, in store: SQLiteStore
    ) throws -> [Int64] {
        try store.readSnapshot { db in
            let plan = try HistoryPlan(query, in: db, fewCandidates: fewCandidates)
            #expect((plan.candidates == nil) == (fewCandidates < 0 || query.text == nil))
            guard let page = PageWindow(page: 1, perPage: query.rowsPerPage, total: plan.total) else { return [] }
            let limits = HistoryStatement.Limits(inOrder: inOrder)
            let statement = try HistoryStatement(
                query, page, total: plan.total, among: plan.candidates, limits: limits, in: db)
            return [Int64(plan.total)]
                + (try SQLRequest<Row>(literal: statement.sql).fetchAll(db).map { $0["id"] as Int64 })
        }
    }
}
