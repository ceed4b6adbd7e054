import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// The files of control groups, on an ordinary file system.
struct ControlGroupTests {
    @Test func `the processes of a group include those of the groups below`() throws {
        let directory = try TemporaryDirectory()
        let group = ControlGroup(of: JobUUID(), in: directory.path)
        #expect(group.pids.isEmpty)
        for (name, pids) in [("", "12\n34\n"), ("/a", ""), ("/a/b", "56\n"), ("/c", "0\n1\nx\n78\n")] {
            try FileManager.default.createDirectory(atPath: group.path + name, withIntermediateDirectories: true)
            try pids.write(toFile: group.path + name + "/cgroup.procs", atomically: false, encoding: .utf8)
        }
        #expect(group.pids == [12, 34, 56, 78])
    }

    @Test func `killing a group writes to its file, and works only where the file is`() throws {
        let directory = try TemporaryDirectory()
        let group = ControlGroup(path: directory.path)
        #expect(!group.canKill)
        #expect(!group.kill())
        try "".write(toFile: directory.path + "/cgroup.kill", atomically: false, encoding: .utf8)
        #expect(group.canKill)
        #expect(group.kill())
        #expect(try String(contentsOfFile: directory.path + "/cgroup.kill", encoding: .utf8) == "1")
    }

    @Test(
        arguments: [
            ("0::/system.slice/remotisan.service", "/ /sys/fs/cgroup", "/sys/fs/cgroup/system.slice/remotisan.service"),
            ("4:memory:/x\n0::/a b", "/ /sys/fs/cgroup/unified", "/sys/fs/cgroup/unified/a b"),
            ("0::/", "/ /sys/fs/cgroup", "/sys/fs/cgroup"),
            ("0::/docker/1/x", "/docker/1 /sys/fs/cgroup", "/sys/fs/cgroup/x"),
            ("0::/docker/1", "/docker/1 /sys/fs/cgroup", "/sys/fs/cgroup"),
            ("0::/docker/11", "/docker/1 /sys/fs/cgroup", nil), ("0::/../x", "/ /sys/fs/cgroup", nil),
            ("4:memory:/x", "/ /sys/fs/cgroup", nil), ("", "/ /sys/fs/cgroup", nil),
        ] as [(String, String, String?)])
    func `the group of a process is found where it is mounted`(
        _ groups: String, _ mount: String, _ expected: String?
    ) throws {
        let directory = try TemporaryDirectory()
        try (groups + "\n").write(toFile: directory.path + "/cgroup", atomically: false, encoding: .utf8)
        let mounts = """
            22 27 0:21 / /proc rw,nosuid - proc proc rw
            24 23 0:30 / /sys/fs/cgroup/memory rw shared:3 - cgroup cgroup rw,memory
            25 23 0:31 \(mount) rw,nosuid shared:4 master:1 - cgroup2 cgroup2 rw,nsdelegate

            """
        try mounts.write(toFile: directory.path + "/mountinfo", atomically: false, encoding: .utf8)
        #expect(ControlGroup.ownGroup(proc: directory.path) == expected)
    }

    @Test func `groups of ended jobs are removed, and no others`() throws {
        let directory = try TemporaryDirectory()
        let jobs = (0..<3).map { _ in JobUUID() }
        for uuid in jobs { mkdir(ControlGroup(of: uuid, in: directory.path).path, 0o755) }
        mkdir(directory.path + "/remotisan-other", 0o755)
        mkdir(directory.path + "/supervisor", 0o755)
        // rmdir(2) fails for a group with a process in it, as for a directory with a file in it.
        let busy = ControlGroup(of: jobs[0], in: directory.path).path
        try "1".write(toFile: busy + "/cgroup.procs", atomically: false, encoding: .utf8)
        ControlGroup.removeEmpty(in: directory.path) { $0 == jobs[1] }
        let left = Set(try FileManager.default.contentsOfDirectory(atPath: directory.path))
        #expect(left == ["remotisan-\(jobs[0])", "remotisan-\(jobs[1])", "remotisan-other", "supervisor"])
    }

    @Test func `a supervisor without permission starts its job without a group`() throws {
        let temporary = try TemporaryStorage()
        let uuid = JobUUID()
        let launcher = Launcher(
            programs: try .supervisorOnly(in: temporary.directory), storage: temporary.storage, configuration: "/none",
            groups: "/nonexistent")
        let command = Command(name: "x", roles: [], run: ["/bin/echo", "ran"])
        let lock = try temporary.files(uuid).takeLock()
        try launcher.start(uuid, command, with: Invocation(argv: command.run, line: ""), lock: lock)
        _ = consume lock
        try temporary.waitForEnd(of: uuid)
        #expect(try temporary.files(uuid).exitRecord()?.outcome == .code(0))
        #expect(try #require(try temporary.files(uuid).pidRecord()).group == nil)
    }
}
