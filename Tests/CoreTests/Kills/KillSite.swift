import Foundation
import Glibc
import Logging
import SQLiteStore
import TestSupport
import Testing

@testable import Core

/// Real jobs, a store, and a broker pass, without a web server.
final class KillSite {
    let temporary: TemporaryStorage
    let storage: Storage
    let store: SQLiteStore
    let pass: BrokerPass
    let configuration: Configuration
    /// The working directory of the jobs.
    let work: String
    private let launcher: Launcher

    /// - Parameters:
    ///   - commands: Entries of `commands.allowed`, without roles. `@WORK@` stands for the working directory.
    ///   - kill: The section `kill` of the configuration.
    init(_ commands: [String: String], kill: String = "{ grace: 300ms }") throws {
        temporary = try TemporaryStorage()
        storage = temporary.storage
        work = temporary.directory.path + "/work"
        mkdir(work, 0o755)
        store = try SQLiteStore(path: storage.database)
        try store.migrate()
        let entries = commands.map { "    \"\($0)\": { roles: [\"*\"], \($1) }" }.joined(separator: "\n")
        configuration = try .sample(
            """
            kill: \(kill)
            roles: { A: { users: [x] } }
            commands:
              directory: \(work)
              allowed:
            \(entries.replacing("@WORK@", with: work))
            """)
        launcher = Launcher(
            programs: try .supervisorOnly(in: temporary.directory), storage: storage, configuration: "/none")
        pass = BrokerPass(
            configuration: configuration, catalogue: Catalogue(configuration), store: store, storage: storage,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Starts a command.
    func start(_ name: String) throws -> JobUUID {
        let uuid = JobUUID()
        let command = try #require(configuration.commands.allowed[name])
        let lock = try temporary.files(uuid).takeLock()
        _ = try store.insert(.sample(uuid, server: storage.serverUUID, command: name), limit: nil)
        try launcher.start(uuid, command, with: Invocation(argv: command.run, line: ""), lock: lock)
        return uuid
    }

    /// Waits until the log of a job contains a text.
    func untilLogged(_ uuid: JobUUID, _ text: String) throws {
        let path = temporary.files(uuid).log
        try blockUntil("\(text) in the log") {
            try String(contentsOfFile: path, encoding: .utf8).contains(text)
        }
    }

    /// Waits until a program runs in a job.
    func untilRunning(_ program: String, in uuid: JobUUID) throws {
        let processes = JobProcesses(temporary.files(uuid))
        try blockUntil("\(program) in the job") {
            try processes.living(in: ProcessSnapshot(owner: storage.owner)).contains { $0.name == program }
        }
    }

    /// Kills jobs, and runs passes until they are settled.
    func kill(_ uuids: JobUUID..., meanwhile check: () throws -> Void = {}) throws {
        for uuid in uuids { #expect(try store.requestKill(uuid, by: "ann@lab")) }
        try settle(uuids, meanwhile: check)
    }

    /// Runs passes until jobs are settled.
    func settle(_ uuids: [JobUUID], meanwhile check: () throws -> Void = {}) throws {
        try blockUntil("the settling") {
            try pass.run()
            try check()
            return try uuids.allSatisfy { try row($0).status.isEnded }
        }
    }

    func row(_ uuid: JobUUID) throws -> Execution { try #require(try store.execution(uuid)) }

    /// The signals that were sent to a job.
    func signals(_ uuid: JobUUID) throws -> [Signal]? {
        try temporary.files(uuid).killRecord()?.steps.map(\.signal)
    }

    func log(_ uuid: JobUUID) throws -> String {
        try String(contentsOfFile: temporary.files(uuid).log, encoding: .utf8)
    }

    /// Whether a file exists in the working directory.
    func has(_ name: String) -> Bool { access("\(work)/\(name)", F_OK) == 0 }

    /// Kills the processes that jobs have left, until there is none. Commands run in the working directory, and supervisors
    /// have it in their arguments.
    func end() {
        let name = Data(work.utf8)
        func pids() -> [pid_t] {
            ProcessTable().entries.values.filter(\.isAlive).map(\.identity.pid).filter { pid in
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")) == work
                    || FileManager.default.contents(atPath: "/proc/\(pid)/cmdline")?.range(of: name) != nil
            }
        }
        // A shell may start its next program after it was listed.
        try? blockUntil("the end of what jobs have left") {
            let left = pids()
            for pid in left { Glibc.kill(pid, SIGKILL) }
            return left.isEmpty
        }
    }
}

/// A text as a scalar of YAML.
func quoted(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    return "\"\(escaped)\""
}
