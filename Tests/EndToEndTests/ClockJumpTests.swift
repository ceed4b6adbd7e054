import Foundation
import Glibc
import SQLiteStore
import TestSupport
import Testing

@testable import Core

/// A wall clock that is wrong for the broker or the responder, and right again.
@Suite struct ClockJumpTests {
    private static let offsets = ["+15m", "-15m", "+400d", "-400d"]
    private static let sample = SampleConfiguration(
        top: "kill: { grace: 300ms }\nhistory: { keep: 10m }",
        commands: [
            "limited": "roles: [\"*\"], run: [sleep], parameters: any, timeout: 10m",
            "short": "roles: [\"*\"], run: [sleep], parameters: any, timeout: 1s",
        ])

    private func store(_ installation: Installation) throws -> SQLiteStore {
        try SQLiteStore(path: installation.storage + "/remotisan.sqlite")
    }

    /// The executions by job, with durations that no jump has changed.
    private func expectDurations(_ installation: Installation, _ uuids: [JobUUID]) throws {
        let store = try store(installation)
        for uuid in uuids {
            let row = try #require(try store.execution(uuid))
            let end = try #require(row.finishedAt)
            #expect((0...120).contains(end - row.executedAt), "\(row.command): \(row.executedAt) to \(end)")
        }
    }

    /// Waits for a responder that the test has started itself.
    private func untilAnswering(_ installation: Installation) async throws {
        let request = HTTPRequest(target: "/remotisan/health", headers: [Visitor.basic("ann")])
        try await waitUntil("the responder answers") { (try? await installation.send(request))?.status == 200 }
    }

    @Test(arguments: offsets)
    func `a broker with a wrong clock removes nothing, kills nothing, and keeps timeouts`(_ offset: String) async throws
    {
        defer { FakeTime.removeLeftovers() }
        try await Installation.run(.nginx, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let done = try await ann.start("greet")
            _ = try await ann.settled(done)
            _ = try await ann.post("/execute", ["command": "deploy", "params": ""])
            let running = try await ann.start("limited", "600")
            #expect(try await installation.broker("watch", "--for", "1").status == 0)

            for clock in [try FakeTime.command(offset), []] {
                let output = try await installation.broker(["watch", "--for", "1"], by: clock)
                #expect(output.status == 0)
                #expect(output.errors.contains("the clock of this machine jumped"), "\(output.errors)")
                let purge = try await installation.broker(["purge"], by: clock)
                #expect(purge.out.contains("0 executions removed."), "\(purge.out)\(purge.errors)")
                #expect(try await ann.row(done).status == .completed)
                #expect(try await ann.follow(done).text.hasPrefix("Hello"))
                #expect(try await ann.row(running).status == .running)
                #expect(try await installation.broker(["history", "--refused"], by: clock).out.contains("deploy"))
            }

            let watching = try installation.spawn(
                try FakeTime.command(offset) + [
                    Places.programs + "/remotisan-broker", "watch", "--for", "300", "--config",
                    installation.configuration,
                ], output: "broker.log")
            try await waitUntil("a broker on watch") { installation.isBrokerWatching }
            let short = try await ann.start("short", "600")
            #expect(try await ann.settled(short).timed_out)
            #expect(try await ann.row(running).status == .running)
            #expect(try await ann.kill(running).status == 200)
            #expect(try await ann.settled(running).status == .killed)
            await watching.stop()
            try expectDurations(installation, [done, short, running])
        }
    }

    @Test func `doctor reports a jump`() async throws {
        defer { FakeTime.removeLeftovers() }
        try await Installation.run(.nginx, Self.sample) { installation in
            #expect(try await installation.broker("watch", "--for", "1").status == 0)
            let output = try await installation.broker(
                ["doctor", "--socket", installation.socket], by: try FakeTime.command("+400d"))
            #expect(output.out.contains("clock: the clock of this machine jumped: 400 d ahead"), "\(output.out)")
        }
    }

    @Test(arguments: offsets)
    func `executions of a responder with a wrong clock have right durations and timeouts`(_ offset: String) async throws
    {
        defer { FakeTime.removeLeftovers() }
        try await Installation.run(.nginx, Self.sample) { installation in
            let before = try await installation.person("ann")
            let early = try await before.start("await", "go")
            await installation.responder?.stop()
            let responder = try installation.spawn(
                try FakeTime.command(offset) + [
                    Places.programs + "/remotisan-fcgi", "--config", installation.configuration, "--listen",
                    "unix:" + installation.socket,
                ], output: "responder.log")
            try await untilAnswering(installation)
            let broker = try await installation.startBroker()
            let ann = try await installation.person("ann")
            let done = try await ann.start("greet")
            _ = try await ann.settled(done)
            let running = try await ann.start("limited", "600")
            let short = try await ann.start("short", "600")
            #expect(try await ann.settled(short).timed_out)
            try installation.touch("go")
            _ = try await ann.settled(early)
            #expect(try await ann.row(running).status == .running)
            #expect(try await ann.get("/instances").text.contains("\"is_gone\":false"))
            #expect(try await ann.kill(running).status == 200)
            #expect(try await ann.settled(running).status == .killed)
            #expect(broker.ending == nil)
            #expect(responder.ending == nil)
            try expectDurations(installation, [early, done, short, running])
            // By the right clock the rows of the other one are 400 days old.
            let purge = try await installation.broker("purge")
            #expect(purge.out.contains("0 executions removed."), "\(purge.out)\(purge.errors)")
            for uuid in [early, done, short, running] { #expect(try store(installation).execution(uuid) != nil) }
        }
    }
}
