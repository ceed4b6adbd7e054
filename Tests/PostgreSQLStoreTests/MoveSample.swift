import Core
import Foundation
import SQLiteStore
import TestSupport
import Testing

@testable import PostgreSQLStore

/// A storage with a filled SQLite store, and an empty PostgreSQL database.
struct MoveSample {
    let temporary: TemporaryStorage
    let server: PostgreSQLProcess
    let database: String

    var storage: Storage { temporary.storage }
    var address: String { server.address(database) }
    var actor: AuditActor { AuditActor(instance: storage.serverUUID, user: "root", means: .commandLine) }

    init() throws {
        temporary = try TemporaryStorage()
        server = try PostgreSQLProcess.shared.get()
        database = try server.makeDatabase()
    }

    func postgreSQL() throws -> PostgreSQLServer { try #require(try PostgreSQLServer(parsing: address)) }

    func relocation(toSQLite: Bool = false) throws -> RelocateStore {
        let server = try postgreSQL()
        return toSQLite
            ? RelocateStore(of: storage, from: server, to: SQLiteFile(), named: "sqlite", by: actor)
            : RelocateStore(of: storage, from: SQLiteFile(), to: server, named: address, by: actor)
    }

    func move(toSQLite: Bool = false, acceptsAudit: Bool = false) throws -> MoveStore.Outcome? {
        try relocation(toSQLite: toSQLite).move(acceptsAudit: acceptsAudit) { _ in }
    }

    func sqlite() throws -> Stores { try SQLiteFile().open(in: storage, isMigrating: false) }

    func counts() throws -> [String: Int64] { try postgreSQL().content(in: storage).rowCounts() }

    /// Whether the destination has no row.
    func isDestinationEmpty() throws -> Bool { try counts().values.allSatisfy { $0 == 0 } }

    /// Runs SQL on the SQLite store.
    func sql(_ text: String) throws {
        let process = TestProcess()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [
            "-c",
            """
            import sqlite3, sys
            with sqlite3.connect(sys.argv[1], timeout=10) as base: base.executescript(sys.argv[2])
            """, storage.database, text,
        ]
        let output = try process.runToEnd()
        try #require(process.terminationStatus == 0, "\(output)")
    }

    /// Fills every table.
    func fill() throws {
        let stores = try sqlite()
        let store = stores.executions
        let odd = "x 'y z' \\ \" {a,b} \t é 😀 NULL"
        for number in 0..<30 {
            let uuid = JobUUID()
            let user = number % 5 == 0 ? nil : "ann\(number % 3)@lab"
            _ = try store.insert(
                .sample(uuid, server: storage.serverUUID, user: user, parameters: odd, executedAt: 1_790_000_000),
                limit: nil,
                key: nil, by: actor)
            if number % 3 == 1 { _ = try store.settle(uuid, .sample(), by: actor) }
            if number % 3 == 2 { _ = try store.requestKill(uuid, by: "bob", actor) }
        }
        let person = try #require(Person(identifier: "ann@lab", roles: [], isSuperUser: false))
        let key = IdempotencyKey("key", of: person, body: [1])
        _ = try store.insert(
            .sample(server: storage.serverUUID, command: "one", executedAt: 1_790_000_001),
            limit: RunningLimit(1, maxQueued: 5),
            key: key, by: actor)
        _ = try store.insert(
            .sample(server: storage.serverUUID, command: "one", executedAt: 1_790_000_001),
            limit: RunningLimit(1, maxQueued: 5),
            key: nil, by: actor)
        try store.insert(
            Refusal(userIdentifier: "eve", command: odd, parameters: "", reason: "no", at: 1_790_000_000), by: actor)
        _ = try stores.tokens.addToken(
            hash: "a", APIToken(id: 0, name: odd, user: "ci", roles: ["DEV"], createdAt: 1_790_000_000, expiresAt: nil),
            by: actor)
        try stores.instances.register(.sample(storage.serverUUID, name: "here"))
        for command in ["b", "a", odd] {
            _ = try stores.personal.addFavourite(command, of: "ann@lab", at: 1_790_000_000, limit: 10)
        }
        _ = try stores.personal.save(
            Preset(user: "ann@lab", isShared: true, command: "a", name: "é", params: odd, savedAt: 1), limit: 10,
            by: actor)
    }
}
