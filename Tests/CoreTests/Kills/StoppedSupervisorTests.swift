import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// A job that stops its own supervisor.
struct StoppedSupervisorTests {
    /// Traces the supervisor from a process that outlives the command.
    private static let trace = """
        import ctypes, os, signal, time
        supervisor = os.getppid()
        if os.fork() == 0:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            libc = ctypes.CDLL(None, use_errno=True)
            failed = libc.ptrace(16, supervisor, 0, 0) != 0
            print("failed" if failed else "traced", flush=True)
            while True: signal.pause()
        while not os.path.exists("go"): time.sleep(0.01)
        """

    /// The supervisor must have reported the start before it is stopped.
    private static let wait = "until [ -e go ]; do sleep 0.02; done"

    private func site() throws -> KillSite {
        try KillSite([
            "stop": "run: [sh, -c, '\(Self.wait); kill -STOP $PPID; exit 3']",
            "trace": "run: [python3, -c, \(quoted(Self.trace))]",
            "await": "run: [sh, -c, '\(Self.wait)']",
            "stop and stay":
                "run: [sh, -c, '(trap \"\" TERM HUP; exec sleep 600) & \(Self.wait); kill -STOP $PPID; exit 3']",
        ])
    }

    /// Lets the job go on, and waits until the supervisor is stopped and the command has ended.
    private func untilStopped(_ uuid: JobUUID, _ site: KillSite, in state: Character = "T") throws -> PidRecord {
        #expect(FileManager.default.createFile(atPath: site.work + "/go", contents: nil))
        let record = try #require(try site.temporary.files(uuid).pidRecord())
        try blockUntil("the supervisor stopped and the command ended") {
            ProcessTable.entry(record.supervisor.pid)?.state == state && !ProcessTable.isAlive(record.command)
        }
        return record
    }

    @Test func `a pass continues a supervisor that its job has stopped`() async throws {
        try await onThread {
            let site = try site()
            let uuid = try site.start("stop")
            _ = try untilStopped(uuid, site)
            try site.settle([uuid])
            let row = try site.row(uuid)
            #expect(row.status == .failed)
            #expect(row.ending.exitCode == 3)
            #expect(row.killedBy == nil)
        }
    }

    @Test func `a kill of a job that has ended and stopped its supervisor ends at once`() async throws {
        try await onThread {
            let site = try site()
            let uuid = try site.start("stop and stay")
            let record = try untilStopped(uuid, site)
            try site.kill(uuid)
            // The command ended by itself, so the job was not killed.
            #expect(try site.row(uuid).status == .failed)
            #expect(try site.row(uuid).ending.exitCode == 3)
            #expect(try !site.log(uuid).contains("PROCESS KILLED BY"))
            try blockUntil("the end of the supervisor") { !ProcessTable.isAlive(record.supervisor) }
            site.end()
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root may trace any process everywhere"))
    func `a pass ends a process of the job that traces the supervisor`() async throws {
        try await onThread {
            let site = try site()
            let uuid = try site.start("trace")
            try site.untilLogged(uuid, "traced")
            _ = try untilStopped(uuid, site, in: "t")
            try site.settle([uuid])
            #expect(try site.row(uuid).status == .completed)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root may trace any process everywhere"))
    func `a supervisor that a process outside the job traces keeps no broker busy`() async throws {
        try await onThread {
            let site = try site()
            let uuid = try site.start("await")
            let record = try #require(try site.temporary.files(uuid).pidRecord())
            let attach =
                "import ctypes, time; ctypes.CDLL(None).ptrace(16, \(record.supervisor.pid), 0, 0); time.sleep(600)"
            let null = try Descriptor(opening: "/dev/null", O_RDWR)
            let tracer = try ChildProcess.spawn(
                "/usr/bin/python3", arguments: ["python3", "-c", attach], environment: [:],
                descriptors: [null.number, null.number, null.number], session: true)
            try blockUntil("the supervisor traced") { ProcessTable.entry(record.supervisor.pid)?.state == "t" }
            _ = try untilStopped(uuid, site, in: "t")

            #expect(try site.store.requestKill(uuid, by: "ann@lab"))
            try site.pass.run()
            try blockUntil("the broker at rest") {
                try site.pass.run()
                return !site.pass.isKilling
            }
            #expect(try site.row(uuid).status == .running)
            ChildProcess.kill(tracer)
            try site.settle([uuid])
            #expect(try site.row(uuid).status == .completed)
        }
    }
}
