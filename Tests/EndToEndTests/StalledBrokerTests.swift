import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// A broker on watch that is stopped, and not dead: it holds its locks and does nothing. Others work in its place.
@Suite struct StalledBrokerTests {
    /// Stops a broker, and makes its last beat as old as after ten seconds.
    private func stall(_ broker: SpawnedProcess, _ installation: Installation) async throws {
        try await installation.stopBetweenTransactions(broker)
        try makeStale(installation.storage + "/run.lock", broker)
    }

    private func makeStale(_ path: String, _ broker: SpawnedProcess) throws {
        Beat.write(
            to: try Descriptor(opening: path, O_WRONLY), at: Clock.boottimeMilliseconds() - Beat.limit - 1,
            by: try #require(ProcessTable.entry(broker.pid)).identity)
    }

    @Test func `a kill is carried out although the broker on watch is stopped`() async throws {
        try await Installation.run { installation in
            let broker = try await installation.startBroker()
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("stubborn", "pids")
            let pids = try await installation.pids(in: "pids")
            #expect(try await !ann.get("/health").text.contains("stalled"))
            try await stall(broker, installation)

            #expect(try await ann.get("/health").text.contains(#""broker":"stalled""#))
            let doctor = try await installation.broker("doctor")
            #expect(doctor.out.contains("process \(broker.pid), has been stopped or frozen for 1"), "\(doctor.out)")
            #expect(try await ann.kill(uuid).status == 200)
            let row = try await ann.settled(uuid)
            #expect(row.status == .killed)
            #expect(row.killed_by == "ann")
            try await installation.untilGone(pids)
            // It was continued, because it may hold a lock of the database. It leaves the watch to the other one.
            #expect(try await broker.ended() == .code(0))
        }
    }

    @Test func `the command kill reports the true state although the broker on watch is stopped`() async throws {
        try await Installation.run { installation in
            let broker = try await installation.startBroker()
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("sleep", "600")
            try await stall(broker, installation)
            let output = try await installation.broker("kill", "\(uuid)", "--by", "carol")
            #expect(output.status == 0)
            #expect(output.out.hasPrefix("\(uuid) killed"), "\(output.out)\(output.errors)")
            #expect(try await ann.row(uuid).status == .killed)
        }
    }

    @Test func `a job that ends is settled by its supervisor if the broker on watch is stopped`() async throws {
        try await Installation.run { installation in
            let broker = try await installation.startBroker()
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("await", "go 4")
            try await installation.untilLogged(uuid, "ready")
            try await stall(broker, installation)
            try installation.touch("go")
            let row = try await ann.settled(uuid)
            #expect(row.status == .failed)
            #expect(row.exit_code == 4)
        }
    }

    @Test func `a kill goes on although the broker that began it is stopped`() async throws {
        let sample = SampleConfiguration(top: "kill: { grace: 1s }")
        try await Installation.run(.nginx, sample) { installation in
            let broker = try await installation.startBroker()
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("stubborn", "pids")
            let pids = try await installation.pids(in: "pids")
            #expect(try await ann.kill(uuid).status == 200)
            let files = try installation.files(uuid)
            try await waitUntil("two signals sent") { try files.killRecord()?.steps.count == 2 }
            try await stall(broker, installation)
            try makeStale(files.killLock, broker)
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            let row = try await ann.settled(uuid)
            #expect(row.status == .killed)
            #expect(row.killed_by == "ann")
            try await installation.untilGone(pids)
            #expect(try await broker.ended() == .code(0))
            let lines = try installation.log(uuid).split(separator: "\n")
            #expect(lines.count { $0.hasPrefix("PROCESS KILLED BY ann AT ") } == 1, "\(lines)")
        }
    }

    @Test func `a pass works without inotify`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("sleep", "600")
            // As if the user had used up fs.inotify.max_user_instances.
            let limited = try FailingCall.command("inotify_init1", error: EMFILE, in: installation.directory)
            for arguments in [["watch", "--for", "0"], ["kill", "\(uuid)"]] {
                let output = try await installation.broker(arguments, by: limited)
                #expect(output.status == 0, "\(output.errors)")
            }
            #expect(try await ann.settled(uuid).status == .killed)
        }
    }
}
