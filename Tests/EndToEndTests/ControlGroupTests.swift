import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// Jobs in control groups, as in a systemd unit with `Delegate=yes`.
@Suite(.enabled(if: DelegatedGroup.isPossible, "only root can delegate a control group of version 2"))
struct ControlGroupTests {
    /// Leaves nothing by which a job can be found: its daemon has another session and no UUID, and the supervisor and
    /// the command are gone.
    private static let escape = """
        env -u REMOTISAN_JOB_UUID setsid --fork sh -c "echo \\$\\$ >escaped.new; mv escaped.new escaped; exec sleep 600"; \
        until [ -e escaped ]; do sleep 0.02; done; kill -9 $PPID
        """

    @Test func `a job that hides is running while it lives, and is killed`() async throws {
        let sample = SampleConfiguration(commands: ["escape": "roles: [\"*\"], run: [sh, -c, '\(Self.escape)']"])
        try await Self.run(sample) { installation, group in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("escape")
            let record = try await installation.record(uuid)
            #expect(record.group == "\(group.path)/remotisan-\(uuid)")
            try await installation.untilGone([record.supervisor.pid, record.command.pid])
            let daemon = try #require(try await installation.pids(in: "escaped").first)
            _ = try await installation.broker("watch", "--for", "0")
            #expect(try await ann.row(uuid).status == .running, "It was called lost.")
            #expect(ProcessFacts(pid: daemon).isAlive)
            #expect(try await ann.kill(uuid).status == 200)
            #expect(try await ann.settled(uuid).status == .killed)
            #expect(!ProcessFacts(pid: daemon).isAlive)
            try await waitUntil("the end of the group") { access(record.group ?? "", F_OK) != 0 }
        }
    }

    @Test func `KILL reaches a process of another user`() async throws {
        let other = try OtherUser()
        let run = other.words.joined(separator: ", ")
        let sample = SampleConfiguration(commands: [
            "rooted": "roles: [\"*\"], run: [\(run), sleep, '600'], kill: { signals: [TERM, KILL], grace: 100ms }"
        ])
        try await Self.run(sample) { installation, _ in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("rooted")
            let command = try await installation.record(uuid).command
            try await waitUntil("the program of root") { ProcessTable.entry(command.pid)?.name == "sleep" }
            #expect(try await !ann.kill(uuid).text.contains("message"))
            let row = try await ann.settled(uuid)
            #expect(row.status == .killed)
            #expect(row.signal == "KILL")
        }
    }

    @Test func `a job has its group from its first instruction, and leaves none behind`() async throws {
        let script = "cat /proc/self/cgroup; mkdir \"$(cat base)/remotisan-$REMOTISAN_JOB_UUID/own\""
        let sample = SampleConfiguration(commands: ["shows": "roles: [\"*\"], run: [sh, -c, '\(script)']"])
        try await Self.run(sample) { installation, group in
            try group.path.write(toFile: installation.work + "/base", atomically: false, encoding: .utf8)
            chmod(installation.work + "/base", 0o644)
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("shows")
            #expect(try await ann.settled(uuid).status == .completed)
            #expect(try installation.log(uuid).contains("/remotisan-\(uuid)\n"))
            try await waitUntil("the end of the group") { access("\(group.path)/remotisan-\(uuid)", F_OK) != 0 }
        }
    }

    /// An installation whose responder is in a delegated group. Its broker is not.
    private static func run(
        _ sample: SampleConfiguration, _ body: (Installation, DelegatedGroup) async throws -> Void
    ) async throws {
        let group = try DelegatedGroup()
        try await Installation.run(.nginx, sample) { installation in
            await installation.responder?.stop()
            try installation.spawn(
                ["/bin/sh", "-c", "echo $$ >\"$0/cgroup.procs\" && exec \"$@\"", group.path]
                    + ServiceAccount.command([
                        Places.programs + "/remotisan-fcgi", "--config", installation.configuration, "--listen",
                        "unix:" + installation.socket,
                    ]), output: "responder.log", asService: false)
            try await waitUntil("the new responder") {
                try await installation.send(HTTPRequest(target: "/remotisan/health", headers: [Visitor.basic("ann")]))
                    .status == 200
            }
            try await body(installation, group)
        }
        try await waitUntil("the removal of the group") { group.remove() }
    }
}

/// A control group that the service may manage.
struct DelegatedGroup {
    let path: String

    private static let own = ControlGroup.ownGroup(proc: "/proc/self")

    /// Whether this process can make one: it is root, and a hierarchy of version 2 is mounted and writable.
    static var isPossible: Bool {
        guard ServiceAccount.isSeparate, let own else { return false }
        let probe = "\(own)/rms-probe-\(getpid())"
        guard mkdir(probe, 0o755) == 0 else { return false }
        defer { rmdir(probe) }
        return access(probe + "/cgroup.kill", F_OK) == 0
    }

    init() throws {
        path = "\(try #require(Self.own))/rms-\(UInt32.random(in: 0 ... .max))"
        guard mkdir(path, 0o755) == 0 else { throw SystemError("mkdir", path) }
        // As systemd does with Delegate=yes, systemd.resource-control(5).
        for file in ["", "/cgroup.procs", "/cgroup.threads", "/cgroup.subtree_control"] {
            chown(path + file, ServiceAccount.user, ServiceAccount.group)
        }
    }

    /// Removes it and the groups in it, unless a process is there.
    func remove() -> Bool {
        ControlGroup(path: path).remove()
        return access(path, F_OK) != 0
    }
}
