import Foundation
import Logging
import SQLiteStore
import TestSupport
import Testing

@testable import Core

/// Starts that fail after the row has been stored.
struct StartExecutionTests {
    private static let yaml = """
        roles: { A: { users: [ann] } }
        commands:
          allowed:
            "await": { roles: [A], parameters: any, run: [/bin/sh, -c, 'while [ ! -e "$0" ]; do sleep 0.05; done'] }
            "one": { roles: [A], parameters: any, run: [/bin/sh, -c, 'while [ ! -e "$0" ]; do sleep 0.05; done'], max_running: 1, when_full: queue }
        """

    /// A use case that runs a script instead of the supervisor.
    private static func starting(
        _ temporary: TemporaryStorage, _ store: SQLiteStore, _ script: (_ supervisor: String) -> String
    ) throws -> StartExecution {
        let real = try Programs.supervisorOnly(in: temporary.directory)
        let programs = Programs(in: temporary.directory.path + "/wrapped")
        try FileManager.default.createDirectory(
            atPath: temporary.directory.path + "/wrapped", withIntermediateDirectories: false)
        try "#!/bin/sh\n\(script(real.job))\n".write(toFile: programs.job, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: programs.job)
        try FileManager.default.createSymbolicLink(atPath: programs.broker, withDestinationPath: "/bin/true")
        let configuration = try Configuration.sample(yaml)
        let launcher = Launcher(programs: programs, storage: temporary.storage, configuration: "/none")
        return StartExecution(
            configuration: configuration, catalogue: Catalogue(configuration), permissions: Permissions(configuration),
            store: store, storage: temporary.storage, launcher: launcher,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test func `a start without a report continues while its supervisor lives`() throws {
        let temporary = try TemporaryStorage()
        let store = try SQLiteStore(path: temporary.storage.database)
        try store.migrate()
        // The report is lost.
        let starting = try Self.starting(temporary, store) { "\($0) \"$@\" > /dev/null" }
        let ann = try #require(Person(identifier: "ann", roles: ["A"], isSuperUser: false))
        let go = temporary.directory.path + "/go"
        let uuid = try starting.start("await", .line(go), by: ann).uuid
        #expect(try store.execution(uuid)?.status == .running)
        #expect(try temporary.files(uuid).isLocked())
        try temporary.write("", to: go)
        try temporary.waitForEnd(of: uuid)
        #expect(try temporary.files(uuid).exitRecord()?.outcome == .code(0))
    }

    @Test(arguments: [false, true])
    func `a request that is repeated after its client had gone starts`(_ isQueued: Bool) throws {
        let temporary = try TemporaryStorage()
        let store = try SQLiteStore(path: temporary.storage.database)
        try store.migrate()
        let starting = try Self.starting(temporary, store) { "exec \($0) \"$@\"" }
        let ann = try #require(Person(identifier: "ann", roles: ["A"], isSuperUser: false))
        let go = temporary.directory.path + "/go"
        let before = isQueued ? try starting.start("one", .line(go), by: ann).uuid : nil
        let key = IdempotencyKey("the-same", of: ann, body: [])
        let name = isQueued ? "one" : "await"
        #expect(throws: StartError.abandoned) {
            try starting.start(name, .line(go), by: ann, key: key, isWanted: { false })
        }
        let again = try starting.start(name, .line(go), by: ann, key: key)
        #expect(try store.execution(again.uuid)?.status == (isQueued ? .queued : .running))
        #expect(try starting.start(name, .line(go), by: ann, key: key).uuid == again.uuid)
        try temporary.write("", to: go)
        try temporary.waitForEnd(of: before ?? again.uuid)
    }

    @Test func `a start whose supervisor died is an error, and the next pass marks it lost`() throws {
        let temporary = try TemporaryStorage()
        let store = try SQLiteStore(path: temporary.storage.database)
        try store.migrate()
        let starting = try Self.starting(temporary, store) { _ in "kill -9 $$" }
        let ann = try #require(Person(identifier: "ann", roles: ["A"], isSuperUser: false))
        #expect(throws: LaunchError.self) { try starting.start("await", .line("/go"), by: ann) }
        let row = try #require(try store.running(on: temporary.storage.serverUUID).first)
        let settling = SettleExecutions(
            store: store, storage: temporary.storage, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let uuid = try #require(JobUUID(row.jobUUID))
        #expect(try settling.settle(uuid))
        #expect(try store.execution(uuid)?.status == .failed)
        #expect(try store.execution(uuid)?.ending.isLost == true)
    }
}
