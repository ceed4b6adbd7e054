import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// A job that removes its UUID from its environment and kills its supervisor. It has no control group here.
struct HidingJobTests {
    @Test(
        arguments: [
            // The command goes on, and so does a child.
            "kill -9 $PPID; env -u REMOTISAN_JOB_UUID sleep 600 & exec env -u REMOTISAN_JOB_UUID sleep 600",
            // Only a child goes on, in the session of the supervisor.
            "env -u REMOTISAN_JOB_UUID sleep 600 & kill -9 $PPID",
            // So does the child of a child in a process group of its own.
            "set -m; (env -u REMOTISAN_JOB_UUID sleep 600 &) & wait; kill -9 $PPID",
        ])
    func `it is running while a process of it lives, and a kill ends it`(_ script: String) async throws {
        try await onThread {
            let site = try KillSite(
                ["job": "run: [bash, -c, \(quoted("until [ -e go ]; do sleep 0.02; done; " + script))]"],
                kill: "{ grace: 30s }")
            defer { site.end() }
            let uuid = try site.start("job")
            // Not before the supervisor has reported the start.
            #expect(FileManager.default.createFile(atPath: site.work + "/go", contents: nil))
            try site.temporary.waitForEnd(of: uuid)
            try site.untilRunning("sleep", in: uuid)
            #expect(try site.pass.run() == 1)
            #expect(try site.row(uuid).status == .running, "It was called lost.")
            try site.kill(uuid)
            #expect(try site.row(uuid).status == .killed)
            let left = ProcessTable().entries.values.filter { entry in
                let path = "/proc/\(entry.identity.pid)/cwd"
                return entry.isAlive && (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) == site.work
            }
            #expect(left.isEmpty)
        }
    }

    @Test func `the session of a later process with the same pid is none of the job`() async throws {
        try await onThread {
            let temporary = try TemporaryStorage()
            let uuid = JobUUID()
            let null = try Descriptor(opening: "/dev/null", O_RDWR)
            let pid = try ChildProcess.spawn(
                "/bin/sleep", arguments: ["sleep", "600"], environment: [:], descriptors: [null.number], session: true)
            defer {
                kill(pid, SIGKILL)
                ChildProcess.wait(for: pid)
            }
            let leader = try #require(ProcessTable.entry(pid))
            #expect(leader.session == pid)
            for (start, expected) in [(leader.identity.startTime - 1, 0), (leader.identity.startTime, 0)] {
                let record = "supervisor \(pid) \(start)\ncommand \(pid_t.max) 1\nboot \(BootID.current)\n"
                try temporary.write(record, to: temporary.files(uuid).pid)
                let processes = JobProcesses(temporary.files(uuid))
                #expect(try processes.living(in: ProcessSnapshot(owner: geteuid())).count == expected)
            }
        }
    }
}
