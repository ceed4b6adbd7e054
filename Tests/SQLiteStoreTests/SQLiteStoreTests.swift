import Core
import GRDB
import SQLStore
import TestSupport
import Testing

@testable import SQLiteStore

struct SQLiteStoreTests {
    @Test(arguments: ExecutionStoreSuite.all)
    func `the SQLite store passes the tests of stores`(_ item: ExecutionStoreSuite) async throws {
        let temporary = try TemporaryStore()
        try await item.check(temporary.store)
    }

    @Test(arguments: InstanceStoreSuite.all)
    func `the SQLite store passes the tests of instance stores`(_ item: InstanceStoreSuite) async throws {
        let temporary = try TemporaryStore()
        try await item.check(temporary.store)
    }

    @Test(arguments: PersonalStoreSuite.all)
    func `the SQLite store passes the tests of favourites and presets`(_ item: PersonalStoreSuite) throws {
        let temporary = try TemporaryStore()
        try item.check(temporary.store)
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `the history equals that of the model`(_ seed: UInt64) throws {
        let temporary = try TemporaryStore()
        var property = HistoryProperty(temporary.store, seed: seed)
        try property.check(rounds: 5, queries: 60)
    }

    @Test(arguments: [0, 20_000])
    func `every form of a history statement returns the same rows`(_ fewRows: Int) throws {
        let temporary = try TemporaryStore()
        var property = HistoryProperty(temporary.store, seed: 99)
        try property.check(rounds: 8, queries: 0)
        let limits = HistoryStatement.Limits(fewRows: fewRows)
        let visibility = Visibility.ownAndCommands("ann@lab", ["x", "disk_usage", "cache:clear"])
        for status in [nil, .some(.running), .some(.completed), .some(.killed)] as [Status??] {
            for (ascending, text) in [(false, nil), (true, nil), (false, "50"), (true, "a"), (false, "usage")]
                as [(Bool, String?)]
            {
                var query = HistoryQuery(visibility: visibility, text: text, status: status, ascending: ascending)
                query.page = 0
                while true {
                    query.page += 1
                    let expected = try temporary.store.history(query)
                    let ids = try temporary.store.read { db -> [Int64] in
                        guard let page = PageWindow(page: query.page, perPage: query.rowsPerPage, total: expected.total)
                        else { return [] }
                        let statement = try HistoryStatement(query, page, total: expected.total, limits: limits, in: db)
                        let ids = try SQLRequest<Row>(literal: statement.sql).fetchAll(db).map { $0["id"] as Int64 }
                        return page.isFromTheEnd ? ids.reversed() : ids
                    }
                    #expect(ids == expected.rows.map(\.id), "\(query)")
                    if ids.isEmpty { break }
                }
            }
        }
    }

    @Test(
        arguments: [
            (1, 0, nil), (1, 1, "0+1"), (1, 25, "0+10"), (2, 25, "10+10"), (3, 25, "0+5 from the end"), (4, 25, nil),
            (3, 30, "0+10 from the end"), (1, 10, "0+10"), (.max, 30, nil), (0, 5, "0+5"), (6, 100, "50+10"),
            (7, 100, "30+10 from the end"),
        ] as [(Int, Int, String?)])
    func `a page in the second half is counted from the end`(_ page: Int, _ total: Int, _ expected: String?) {
        let window = PageWindow(page: page, perPage: 10, total: total)
        #expect(window.map { "\($0.offset)+\($0.count)\($0.isFromTheEnd ? " from the end" : "")" } == expected)
    }

    @Test func `a page in an order by status is taken from one group after the other`() throws {
        let groups: [(value: Int, rows: Int)] = [(1, 3), (2, 0), (3, 20), (4, 5), (99, 4)]
        func slices(_ page: Int) throws -> [GroupSlice<Int>] {
            GroupSlice.slices(of: try #require(PageWindow(page: page, perPage: 10, total: 32)), groups)
        }
        #expect(try slices(1) == [.init(value: 1, offset: 0, count: 3), .init(value: 3, offset: 0, count: 7)])
        #expect(try slices(2) == [.init(value: 3, offset: 7, count: 10)])
        // The last page is read from the end, as if the groups were in the other order.
        #expect(try slices(4) == [.init(value: 1, offset: 0, count: 2)])
        #expect(GroupSlice<Int>.slices(of: try #require(PageWindow(page: 1, perPage: 10, total: 32)), []).isEmpty)
    }

    @Test func `a write goes on after another program has changed the schema`() throws {
        let temporary = try TemporaryStorage()
        let path = temporary.storage.database
        try SQLiteStore(path: path).migrate()
        // This store has read the schema, and not opened the tables of the triggers.
        let store = try SQLiteStore(path: path)
        try store.register(.sample())
        try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE other (x); DROP TABLE other") }
        let uuid = JobUUID()
        _ = try store.insert(.sample(uuid), limit: nil)
        #expect(try store.execution(uuid) != nil)
    }

    @Test func `a commit is synced before it returns`() throws {
        let temporary = try TemporaryStore()
        #expect(try temporary.store.write { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
        #expect(try temporary.store.write { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
        // The setting remains after a write.
        _ = try temporary.store.insert(.sample(), limit: nil)
        #expect(try temporary.store.write { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
    }

    @Test func `the counts stay right if another program writes to the table`() throws {
        let temporary = try TemporaryStore()
        let other = try DatabaseQueue(path: temporary.path)
        for number in 0..<50 {
            let uuid = JobUUID()
            let row = Execution.sample(uuid, user: number % 3 == 0 ? nil : "u\(number % 3)", command: "c\(number % 5)")
            _ = try temporary.store.insert(row, limit: nil)
            if number % 2 == 0 { _ = try temporary.store.settle(uuid, .sample(number % 4 == 0 ? .completed : .failed)) }
        }
        try other.write { db in
            try db.execute(
                sql: "UPDATE remotisan_executions SET command = 'moved', user_identifier = NULL WHERE id % 7 = 0")
            try db.execute(sql: "DELETE FROM remotisan_executions WHERE id % 11 = 0")
            try db.execute(sql: "UPDATE remotisan_executions SET process_status = 4 WHERE id % 13 = 0")
        }
        let counted = try other.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT command, process_status, count(*) FROM remotisan_executions GROUP BY 1, 2 ORDER BY 1, 2
                    """
            ).map { "\($0[0] as String) \($0[1] as Int) \($0[2] as Int)" }
        }
        let counts = try temporary.store.counts().filter { $0.count != 0 }
        #expect(counts.map { "\($0.command) \($0.status.rawValue) \($0.count)" } == counted)
    }

    @Test func `a row with invalid values does not cause a crash`() throws {
        let temporary = try TemporaryStore()
        let uuid = JobUUID()
        try DatabaseQueue(path: temporary.path).write { db in
            try db.execute(
                sql: """
                    INSERT INTO remotisan_executions
                        (job_uuid, server_uuid, command, parameters, executed_at, finished_at, process_status, exit_code)
                    VALUES (?, 's', X'FF61', 7, 'yesterday', 'x', 99, 'y')
                    """, arguments: [uuid.description])
        }
        let row = try #require(try temporary.store.execution(uuid))
        #expect(row.status == .failed)
        #expect(row.parameters == "7")
        #expect(row.executedAt == 0)
        #expect(row.finishedAt == nil)
        #expect(row.ending.exitCode == nil)
        #expect(try temporary.store.history(.init(visibility: .everything)).rows.map(\.jobUUID) == [uuid.description])
        _ = try temporary.store.counts()
        #expect(try temporary.store.users(.everything).isEmpty)
    }

    @Test func `users whose names are not UTF-8 never become one user, nor another one`() throws {
        let temporary = try TemporaryStore()
        let uuids = [JobUUID(), JobUUID()]
        try DatabaseQueue(path: temporary.path).write { db in
            for (uuid, name) in zip(uuids, ["6A6F73E9", "6A6F73E8"]) {
                try db.execute(
                    sql: """
                        INSERT INTO remotisan_executions
                            (job_uuid, server_uuid, user_identifier, command, executed_at, process_status)
                        VALUES (?, 's', CAST(X'\(name)' AS TEXT), 'c', 1, 2)
                        """, arguments: [uuid.description])
            }
        }
        for uuid in uuids {
            let user = try #require(try temporary.store.execution(uuid)?.userIdentifier)
            // No person can have the name as which both are read.
            #expect(IdentityText.problem(user) != nil)
            #expect(try temporary.store.history(.init(visibility: .own(user))).total == 0)
            #expect(try temporary.store.history(.init(visibility: .everything, user: user)).total == 0)
        }
        #expect(try temporary.store.history(.init(visibility: .everything)).total == 2)
    }

    @Test func `a file that is not a database is an error`() throws {
        let temporary = try TemporaryStorage()
        try temporary.write(String(repeating: "no database ", count: 100), to: temporary.storage.database)
        #expect(throws: StoreError.self) {
            try SQLiteStore(path: temporary.storage.database).migrate()
        }
        #expect(throws: StoreError.self) { try SQLiteStore(path: temporary.directory.path + "/no/x.sqlite") }
    }
}
