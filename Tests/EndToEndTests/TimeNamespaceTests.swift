import CSystem
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// Broker, responder and jobs in different time namespaces, time_namespaces(7). They share the boot id, but their boot
/// clocks and the start times in `/proc` differ.
@Suite(.enabled(if: TimeNamespace.isPossible, "time namespaces cannot be made here"))
struct TimeNamespaceTests {
    private static let commands = [
        "brief": "roles: [\"*\"], run: [sleep, 600], timeout: 1s",
        "long": "roles: [\"*\"], run: [\(Places.fixtures)/await], timeout: 1h",
    ]

    @Test(arguments: TimeNamespace.all)
    func `a broker in another time namespace settles and kills as it should`(_ namespace: TimeNamespace) async throws {
        try await Installation.run(.nginx, SampleConfiguration(commands: Self.commands), alone: true) { installation in
            let broker = try installation.spawn(
                namespace.command([
                    Places.programs + "/remotisan-broker", "watch", "--for", "300", "--config",
                    installation.configuration,
                ]), output: "broker.log", asService: false)
            try await waitUntil("a broker on watch") { installation.isBrokerWatching }
            try await expectRightEnds(installation)
            #expect(broker.ending == nil)
        }
    }

    @Test(arguments: TimeNamespace.all)
    func `jobs of a responder in another time namespace are settled and killed as they should`(
        _ namespace: TimeNamespace
    ) async throws {
        try await Installation.run(.nginx, SampleConfiguration(commands: Self.commands), alone: true) { installation in
            await installation.responder?.stop()
            let responder = try installation.spawn(
                namespace.command([
                    Places.programs + "/remotisan-fcgi", "--config", installation.configuration, "--listen",
                    "unix:" + installation.socket,
                ]), output: "responder.log", asService: false)
            try await waitUntil("the responder answers") {
                try await Visitor(installation: installation, headers: [Visitor.basic("ann")]).get("/health").status
                    == 200
            }
            _ = try await installation.startBroker()
            try await expectRightEnds(installation)
            #expect(responder.ending == nil)
        }
    }

    /// Jobs that end by themselves, are killed, time out, or lose their supervisor.
    private func expectRightEnds(_ installation: Installation) async throws {
        let ann = try await installation.person("ann")
        #expect(try await ann.settled(try await ann.start("ends", "7")).exit_code == 7)
        let long = try await ann.start("long", "go 0")
        let orphan = try await ann.start("await", "never 0")
        for uuid in [long, orphan] { try await installation.untilLogged(uuid, "ready") }
        let record = try await installation.record(orphan)
        kill(record.supervisor.pid, SIGKILL)
        try await installation.untilGone([record.supervisor.pid])

        let stubborn = try await ann.start("stubborn", "pids")
        let pids = try await installation.pids(in: "pids")
        #expect(try await ann.kill(stubborn).status == 200)
        let killed = try await ann.settled(stubborn)
        #expect(killed.status == .killed)
        #expect(killed.killed_by == "ann")
        try await installation.untilGone(pids)
        let limited = try await ann.settled(try await ann.start("brief"))
        #expect(limited.timed_out)

        for uuid in [long, orphan] { #expect(try await ann.row(uuid).status == .running, "\(uuid)") }
        #expect(try await ann.kill(orphan).status == 200)
        #expect(try await ann.settled(orphan).killed_by == "ann")
        try await installation.untilGone([record.command.pid])
        try installation.touch("go")
        let row = try await ann.settled(long)
        #expect(row.status == .completed)
        #expect((0...60).contains(try #require(row.finished_at) - (try #require(row.executed_at))), "\(row)")
        let health = try await ann.get("/health")
        #expect(health.status == 200 && !health.text.contains("stalled"), "\(health.text)")
        // A broker of the outer namespace agrees.
        let doctor = try await installation.broker("doctor", "--etc", installation.directory)
        #expect(doctor.out.contains("ok       broker: is watching."), "\(doctor.out)")
    }
}

/// A time namespace whose boot clock differs from that of the machine.
struct TimeNamespace: Sendable, CustomTestStringConvertible {
    /// Seconds by which its boot clock is ahead.
    let offset: Int64

    var testDescription: String { offset > 0 ? "a boot clock that is ahead" : "a boot clock that is behind" }

    /// Ahead by a day, and behind by half the time that the machine has been running.
    static let all = [TimeNamespace(offset: 86_400), TimeNamespace(offset: -Clock.boottimeMilliseconds() / 2000)]

    /// Whether this machine can make one.
    static let isPossible: Bool = {
        guard geteuid() == 0, access("/proc/self/timens_offsets", F_OK) == 0 else { return false }
        let process = TestProcess()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        process.arguments = ["--time", "--boottime", "1", "true"]
        return (try? process.runToEnd()) != nil && process.terminationStatus == 0
    }()

    /// The program and arguments that run a command in it, as the service account.
    func command(_ command: [String]) -> [String] {
        ["/usr/bin/unshare", "--time", "--boottime", "\(offset)"] + ServiceAccount.command(command)
    }
}
