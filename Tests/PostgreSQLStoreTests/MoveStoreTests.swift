import Core
import Foundation
import Glibc
import SQLStore
import TestSupport
import Testing

@testable import PostgreSQLStore
@testable import SQLiteStore

/// Moves between real SQLite files and a real PostgreSQL server.
struct MoveStoreTests {
    private static func history(_ stores: Stores) throws -> [Execution] {
        var query = HistoryQuery(visibility: .everything)
        query.rowsPerPage = 100
        return try stores.executions.history(query).rows
    }

    @Test func `every table of the migrations is moved or derived, and is moved by its key`() throws {
        let temporary = try TemporaryStore()
        let tables = try temporary.sql("SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'remotisan%'")
        // The changes of counts, which triggers make.
        #expect(Set(tables.split(separator: "\n").map(String.init)) == Set(Tables.names + ["remotisan_count_changes"]))
        for table in Tables.moved {
            let key = try temporary.sql(
                """
                SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
                WHERE indrelid = '\(table.name)'::regclass AND indisprimary ORDER BY array_position(indkey, attnum)
                """)
            #expect(key.split(separator: "\n").map(String.init) == table.key, "\(table.name)")
        }
    }

    @Test func `both stores have the same columns`() throws {
        let sample = try MoveSample()
        let sqlite = try sample.sqlite()
        _ = try sample.postgreSQL().open(in: sample.storage, isMigrating: true)
        func columns(_ content: any StoreContent) throws -> [String: Set<String>] {
            let tables = try content.change { try $0.tables() }
            return Dictionary(
                uniqueKeysWithValues: tables.map { table in
                    (table.name, Set(table.columns.map { "\($0.name) \($0.isInteger)" }))
                })
        }
        let own = try columns(SQLiteContent(path: sample.storage.database))
        #expect(own == (try columns(PostgreSQLContent(server: sample.postgreSQL()))))
        #expect(own.count == Tables.moved.count)
        _ = sqlite
    }

    @Test func `everything moves to PostgreSQL and back, with its numbers`() throws {
        let sample = try MoveSample()
        try sample.fill()
        let before = try Self.history(sample.sqlite())
        let plan = try sample.relocation().plan()
        guard case .move(let planned) = plan else {
            Issue.record("\(plan)")
            return
        }
        #expect(planned["remotisan_executions"] == 32)
        #expect(try sample.isDestinationEmpty())
        let there = try #require(try sample.move())
        #expect(there.tables.allSatisfy { $0.rows > 0 && $0.leftOut.isEmpty }, "\(there.tables)")
        #expect(there.tables.map(\.name) == Tables.moved.map(\.name))
        #expect(there.chains.map(\.instance) == [sample.storage.serverUUID])
        #expect(there.chains.allSatisfy { $0.misfit == nil })

        let stores = try sample.postgreSQL().open(in: sample.storage, isMigrating: false)
        #expect(try Self.history(stores) == before)
        #expect(try stores.executions.searchState() == .indexed(missing: 0))
        #expect(try stores.personal.favourites(of: "ann@lab").count == 3)
        #expect(try stores.executions.queued(on: sample.storage.serverUUID).count == 1)
        #expect(try stores.executions.counts().map(\.count).reduce(0, +) == 32)
        #expect(try stores.executions.history(.init(visibility: .everything)).total == 32)
        let entries = try stores.executions.auditEntries(of: sample.storage.serverUUID, after: 0, limit: 1000)
        #expect(entries.last?.event == "store_moved")
        #expect(entries.last?.user == "root")

        // The connections of this process count as those of other programs.
        let file = sample.storage.database
        for end in ["", "-wal", "-shm"] { rename(file + end, file + ".old" + end) }
        let used = #expect(throws: MoveError.self) { try sample.move(toSQLite: true) }
        guard case .inUse = used else {
            Issue.record("\(String(describing: used))")
            return
        }
    }

    @Test func `a store that was moved back has the same rows as before`() throws {
        let sample = try MoveSample()
        try sample.fill()
        let there = try #require(try sample.move())
        let file = sample.storage.database
        for end in ["", "-wal", "-shm"] { rename(file + end, file + ".old" + end) }
        let back = try #require(try sample.move(toSQLite: true))
        func digests(_ outcome: MoveStore.Outcome) -> [String: String] {
            var digests = Dictionary(uniqueKeysWithValues: outcome.tables.map { ($0.name, $0.sha256) })
            // The second move has its own entry.
            digests["remotisan_audit"] = nil
            return digests
        }
        #expect(digests(back) == digests(there))
        let stores = try sample.sqlite()
        #expect(try stores.executions.history(.init(visibility: .everything)).total == 32)
        guard case .running(let id) = try stores.executions.insert(.sample(), limit: nil) else {
            Issue.record("It must run.")
            return
        }
        #expect(id == 33)
        let abandoned = #expect(throws: StoreError.self) {
            try sample.postgreSQL().open(in: sample.storage, isMigrating: false).executions.counts()
        }
        guard case .unusable(.moved, let detail) = abandoned else {
            Issue.record("\(String(describing: abandoned))")
            return
        }
        #expect(detail.contains("to sqlite."))
        let row = "INSERT INTO remotisan_favourites VALUES ('late', 'x', 1)"
        #expect(throws: PostgreSQLProcessError.self) { try sample.server.sql(row, in: sample.database) }
        #expect(try RelocateStore.undo(of: sample.storage, sample.postgreSQL()) == "sqlite")
        try sample.server.sql(row, in: sample.database)
    }

    @Test func `numbers of removed rows are not used again after a move`() throws {
        let sample = try MoveSample()
        let uuid = JobUUID()
        let store = try sample.sqlite().executions
        _ = try store.insert(.sample(), limit: nil)
        _ = try store.insert(.sample(uuid), limit: nil)
        try sample.sql("DELETE FROM remotisan_executions WHERE job_uuid = '\(uuid)'")
        _ = try sample.move()
        let moved = try sample.postgreSQL().open(in: sample.storage, isMigrating: false).executions
        #expect(try moved.insert(.sample(), limit: nil) == .running(id: 3))
    }

    @Test func `a destination with other rows is refused, and nothing changes`() throws {
        let sample = try MoveSample()
        try sample.fill()
        let other = try sample.postgreSQL().open(in: sample.storage, isMigrating: true)
        _ = try other.executions.insert(.sample(), limit: nil)
        let error = #expect(throws: MoveError.self) { try sample.move() }
        #expect(error?.description.contains("1 in remotisan_executions") == true)
        #expect(try sample.counts()["remotisan_executions"] == 1)
        #expect(try Self.history(sample.sqlite()).count == 32)
    }

    @Test func `a store that was moved is used again only after undo`() throws {
        let sample = try MoveSample()
        try sample.fill()
        let opened = try sample.sqlite()
        _ = try sample.move()
        let error = #expect(throws: StoreError.self) { try sample.sqlite() }
        guard case .unusable(.moved, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        // One that was opened before, as by a request that has waited for the lock.
        let late = #expect(throws: StoreError.self) { try opened.executions.insert(.sample(), limit: nil) }
        #expect(late?.description.contains("has moved the content") == true)
        #expect(throws: StoreError.self) { try opened.personal.addFavourite("x", of: "bob", at: 1, limit: 9) }
        #expect(try sample.relocation().plan() == .done)
        #expect(try sample.move() == nil)
        #expect(try RelocateStore.undo(of: sample.storage, SQLiteFile()) == sample.address)
        #expect(try RelocateStore.undo(of: sample.storage, SQLiteFile()) == nil)
        let again = try sample.sqlite()
        #expect(try Self.history(again).count == 32)
        _ = try again.executions.insert(.sample(), limit: nil)
    }

    @Test func `a move that was interrupted between the two commits is completed`() throws {
        let sample = try MoveSample()
        try sample.fill()
        let first = try #require(try sample.move())
        // The mark is what the second commit writes.
        _ = try RelocateStore.undo(of: sample.storage, SQLiteFile())
        let second = try #require(try sample.move())
        #expect(second.wasComplete)
        #expect(second.tables == first.tables)
        #expect(throws: StoreError.self) { try sample.sqlite() }
    }

    @Test func `rows that the destination changes are noticed, and nothing is moved`() throws {
        let sample = try MoveSample()
        try sample.fill()
        _ = try sample.postgreSQL().open(in: sample.storage, isMigrating: true)
        try sample.server.sql(
            """
            CREATE FUNCTION change() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN IF NEW.id = 7 THEN NEW.command := 'other'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER change BEFORE INSERT ON remotisan_executions FOR EACH ROW EXECUTE FUNCTION change();
            """, in: sample.database)
        #expect(throws: MoveError.differs(table: "remotisan_executions")) { try sample.move() }
        #expect(try sample.isDestinationEmpty())
        #expect(try Self.history(sample.sqlite()).count == 32)
    }

    @Test func `an audit that does not fit is moved only on request`() throws {
        let sample = try MoveSample()
        try sample.fill()
        try sample.sql(
            "DROP TRIGGER remotisan_audit_update; UPDATE remotisan_audit SET user_identifier = 'eve' WHERE number = 3;")
        let error = #expect(throws: MoveError.self) { try sample.move() }
        #expect(error?.description.contains("Entry 3 does not fit") == true)
        #expect(try sample.isDestinationEmpty())
        let outcome = try #require(try sample.move(acceptsAudit: true))
        #expect(outcome.chains.map(\.misfit) == [.changed(3)])
    }

    @Test func `columns of the original are left out, and a text in place of a number is named`() throws {
        let sample = try MoveSample()
        try sample.fill()
        try sample.sql(
            """
            ALTER TABLE remotisan_executions ADD COLUMN pid integer;
            UPDATE remotisan_executions SET exit_code = 'abc' WHERE id = 5;
            """)
        #expect(throws: MoveError.unsuitable(table: "remotisan_executions", key: "5", column: "exit_code")) {
            try sample.move()
        }
        #expect(try sample.isDestinationEmpty())
        try sample.sql("UPDATE remotisan_executions SET exit_code = '7' WHERE id = 5")
        let outcome = try #require(try sample.move())
        #expect(outcome.tables.first?.leftOut == ["pid"])
        #expect(
            try sample.server.sql("SELECT exit_code FROM remotisan_executions WHERE id = 5", in: sample.database) == "7"
        )
    }

    @Test func `a store in use is not moved`() throws {
        let sample = try MoveSample()
        try sample.fill()
        do {
            let lock = try HeldResponderLock(sample.storage)
            let error = #expect(throws: BackupError.self) { try sample.move() }
            #expect(error?.description.contains("A responder uses the storage") == true)
            withExtendedLifetime(lock) {}
        }
        _ = try sample.move()
        let file = sample.storage.database
        for end in ["", "-wal", "-shm"] { rename(file + end, file + ".old" + end) }
        try sample.server.sql(
            """
            INSERT INTO remotisan_instances (server_uuid, name, version, first_seen, last_seen)
                VALUES ('other', 'ops-2', '1', 1, extract(epoch FROM now())::bigint)
            """, in: sample.database)
        let shared = #expect(throws: MoveError.self) { try sample.move(toSQLite: true) }
        #expect(shared?.description.contains("The instance ops-2 shares this store") == true)
        #expect(access(file, F_OK) != 0)
    }
}
