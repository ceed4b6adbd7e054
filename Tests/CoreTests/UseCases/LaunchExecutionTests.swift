import Foundation
import Glibc
import Logging
import SQLiteStore
import Synchronization
import TestSupport
import Testing

@testable import Core

/// After the supervisor was started, a missing report does not mean that the job does not run.
struct LaunchExecutionTests {
    private let temporary: TemporaryStorage
    private let store: SQLiteStore
    private let command = Command(name: "x", roles: [], run: ["/bin/sh", "-c", "until [ -e go ]; do sleep 0.01; done"])

    init() throws {
        temporary = try TemporaryStorage()
        store = try SQLiteStore(path: temporary.storage.database)
        try store.migrate()
    }

    private func launch(_ uuid: JobUUID, _ command: Command, with launcher: Launcher) throws {
        let lock = try temporary.files(uuid).takeLock()
        _ = try store.insert(.sample(uuid, server: temporary.storage.serverUUID, command: "x"), limit: nil)
        let launching = LaunchExecution(
            store: store, storage: temporary.storage, launcher: launcher, means: .responder,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try launching.launch(uuid, command, with: Invocation(argv: command.run, line: ""), lock: lock)
    }

    @Test func `a job runs whose report could not be read`() throws {
        let directory = temporary.directory.path
        let launcher = Launcher(
            programs: try .supervisorOnly(in: temporary.directory), storage: temporary.storage, configuration: "/none",
            groups: nil
        ) { report, deadline throws(SystemError) in
            // The job runs by now. poll(2) fails if the kernel has no memory.
            _ = try report.readToEnd(of: "the report", before: deadline)
            throw SystemError("poll", "the report", code: ENOMEM)
        }
        let uuid = JobUUID()
        let command = Command(
            name: "x", roles: [], run: ["/bin/sh", "-c", "until [ -e go ]; do sleep 0.01; done"], directory: directory)
        try launch(uuid, command, with: launcher)
        #expect(try store.execution(uuid)?.status == .running)
        #expect(try temporary.files(uuid).isLocked())
        #expect(try temporary.files(uuid).pidRecord() != nil)
        try temporary.write("", to: directory + "/go")
        try temporary.waitForEnd(of: uuid)
        #expect(try temporary.files(uuid).exitRecord()?.outcome == .code(0))
    }

    /// A report that is late by more than a start may take.
    @Test func `a short job has run although its report was late`() throws {
        let programs = try Programs.supervisorOnly(in: temporary.directory)
        let real = try FileManager.default.destinationOfSymbolicLink(atPath: programs.job)
        let uuid = JobUUID()
        let files = temporary.files(uuid)
        unlink(programs.job)
        // It drops the report, gives up the lock, and holds the pipe until the execution is settled.
        try temporary.write(
            """
            #!/bin/sh
            '\(real)' "$@" >/dev/null
            exec 3>&-
            until [ -e '\(files.exit)' ]; do sleep 0.01; done
            rm -f '\(files.pid)'
            exec sleep 2
            """, to: programs.job)
        chmod(programs.job, 0o755)
        let launcher = Launcher(
            programs: programs, storage: temporary.storage, configuration: "/none", timeout: 1500, groups: nil)
        try launch(uuid, Command(name: "x", roles: [], run: ["/bin/true"]), with: launcher)
        #expect(try store.execution(uuid)?.status == .running, "A pass settles it by its exit record.")
        #expect(try files.exitRecord()?.outcome == .code(0))
    }

    @Test func `a start that ends without any trace is an error`() throws {
        let programs = try Programs.supervisorOnly(in: temporary.directory)
        unlink(programs.job)
        try FileManager.default.createSymbolicLink(atPath: programs.job, withDestinationPath: "/bin/true")
        let launcher = Launcher(
            programs: programs, storage: temporary.storage, configuration: "/none", groups: nil)
        let error = #expect(throws: LaunchError.self) { try launch(JobUUID(), command, with: launcher) }
        #expect(error?.isCertain == false)
    }
}
