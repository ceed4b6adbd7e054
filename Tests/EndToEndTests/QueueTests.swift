import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// Queued executions.
@Suite struct QueueTests {
    /// Records its name and the number of running ones, and then takes a moment.
    private static func sample(_ limit: String) -> SampleConfiguration {
        SampleConfiguration(commands: [
            "turn": """
            roles: ["*"], run: [sh, -c, 'mkdir "one-$0" && echo "$0" >> order && ls -d one-* | wc -l >> together; \
            sleep 0.05; rmdir "one-$0"'], \(limit)
            """,
            "hold": "roles: [\"*\"], run: [\(Places.fixtures)/await], max_running: 1, when_full: queue, max_queued: 2",
        ])
    }

    private static func lines(_ installation: Installation, _ name: String) -> [String] {
        String(decoding: ProcessFacts.read("\(installation.work)/\(name)"), as: UTF8.self)
            .split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    @Test func `queued executions run in order, without a broker on watch and across restarts`() async throws {
        try await Installation.run(.nginx, Self.sample("max_running: 1, when_full: queue")) { installation in
            let ann = try await installation.person("ann")
            var uuids: [JobUUID] = []
            for number in 1...8 { uuids.append(try await ann.start("turn", "w\(number)")) }
            for uuid in uuids {
                let row = try await ann.settled(uuid)
                #expect(row.status == .completed)
            }
            #expect(Self.lines(installation, "order") == (1...8).map { "w\($0)" })
            #expect(Set(Self.lines(installation, "together")) == ["1"])
        }
    }

    @Test func `max_running holds for 20 clients at once, and every execution runs`() async throws {
        try await Installation.run(.nginx, Self.sample("max_running: 3, when_full: queue")) { installation in
            let ann = try await installation.person("ann")
            let uuids = try await withThrowingTaskGroup(of: JobUUID.self) { group in
                for number in 1...20 { group.addTask { try await ann.start("turn", "c\(number)") } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for uuid in uuids { #expect(try await ann.settled(uuid).status == .completed) }
            #expect(Self.lines(installation, "order").sorted() == (1...20).map { "c\($0)" }.sorted())
            #expect(Self.lines(installation, "together").compactMap { Int($0) }.allSatisfy { (1...3).contains($0) })
        }
    }

    @Test func `a queued execution can be watched and cancelled, and a full queue refuses`() async throws {
        try await Installation.run(.nginx, Self.sample("max_running: 1")) { installation in
            let ann = try await installation.person("ann")
            let running = try await ann.start("hold", "go")
            let second = try await ann.post("/execute", ["command": "hold", "params": "go"])
            #expect(second.text.contains(#""queued":true"#) && second.text.contains(#""ahead":0"#), "\(second.text)")
            let waiting = try await ann.start("hold", "go")
            let poll = try await ann.poll(waiting)
            #expect(poll.status == 5)
            #expect(poll.ahead == 1)
            #expect(poll.retry_after_ms == 1000)
            #expect(!poll.isEnded)
            #expect(try await ann.get("/execute/\(waiting)/log").body.isEmpty)
            let refused = try await ann.post("/execute", ["command": "hold", "params": "go"])
            #expect(refused.status == 409)
            #expect(refused.text.contains("and 2 more are queued"))
            let bob = try await installation.person("bob")
            #expect(try await bob.kill(waiting).status == 401)
            #expect(try await ann.kill(waiting).status == 200)
            let row = try await ann.row(waiting)
            #expect(row.status == .killed)
            #expect(row.killed_by == "ann")
            #expect(row.reason == "cancelled before it started")
            #expect(try await ann.kill(waiting).status == 422)
            try installation.touch("go")
            #expect(try await ann.settled(running).status == .completed)
            #expect(try await ann.row(waiting).status == .killed)
        }
    }

    @Test func `a queued execution waits until its choices are known again`() async throws {
        let list = "/tmp/rms-queue-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        defer { unlink(list) }
        func offer() throws {
            try Data("go\n".utf8).write(to: URL(fileURLWithPath: list))
            chmod(list, 0o644)
        }
        let sample = SampleConfiguration(commands: [
            "choose": """
            roles: ["*"], run: [\(Places.fixtures)/await], max_running: 1, when_full: queue, parameters: [
              { name: file, type: choice, choices_from: [cat, \(list)], cache: 1d, required: true }]
            """
        ])
        try offer()
        try await Installation.run(.nginx, sample) { installation in
            #expect(try await installation.broker("refresh").status == 0)
            let ann = try await installation.person("ann")
            try await waitUntil("the choices") { try await ann.get("/health").text.contains(#""choices":["ok"]"#) }
            let running = try await ann.start("choose", "go")
            let waiting = try await ann.start("choose", "go")
            // A refresh that the page has started would find no list, and would not try again soon.
            try await waitUntil("no refresh is running") { installation.refreshes.isEmpty }
            // As after an update that reads another format of the file.
            unlink(list)
            unlink(installation.storage + "/catalogue.json")
            try installation.touch("go")
            #expect(try await ann.settled(running).status == .completed)
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            #expect(try await ann.row(waiting).process_status == 5)
            // This broker requests the refresh that the next one needs.
            try offer()
            #expect(try await installation.broker("watch", "--for", "1").status == 0)
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            #expect(try await ann.settled(waiting).status == .completed)
        }
    }

    @Test func `a broker that is killed at any moment loses none of 40 and starts none twice`() async throws {
        try await Installation.run(.nginx, Self.sample("max_running: 2, when_full: queue"), alone: true) {
            installation in
            let ann = try await installation.person("ann")
            var broker = try await installation.startBroker()
            var uuids: [JobUUID] = []
            for number in 1...40 { uuids.append(try await ann.start("turn", "k\(number)")) }
            let total = uuids.count
            while try await ann.get("/history?status=2").json(History.self).total < total {
                usleep(.random(in: 0...60_000))
                broker.signal(SIGKILL)
                _ = try await broker.ended()
                broker = try await installation.startBroker()
                let failed = try await ann.get("/history?status=3").json(History.self)
                try #require(failed.total == 0, "\(failed.data)")
            }
            // In order, except for the two that run at the same time.
            let order = Self.lines(installation, "order").compactMap { Int($0.dropFirst()) }
            #expect(order.sorted() == Array(1...40))
            #expect(zip(order, 1...40).allSatisfy { abs($0 - $1) <= 1 }, "\(order)")
            #expect(Self.lines(installation, "together").compactMap { Int($0) }.allSatisfy { $0 <= 2 })
        }
    }

    @Test func `max_running over all instances holds, and each instance starts its own executions`() async throws {
        let limit = "max_running: 1, max_running_scope: all, when_full: queue"
        try await Installation.runTwo(commands: Self.sample(limit).commands) { one, two in
            _ = try await one.startBroker()
            _ = try await two.startBroker()
            let here = try await one.person("ann")
            let there = try await two.person("ann")
            let running = try await here.start("turn", "a")
            var uuids = [running]
            for word in ["b", "c", "d"] {
                uuids.append(try await there.start("turn", word))
                uuids.append(try await here.start("turn", word))
            }
            for uuid in uuids { #expect(try await here.settled(uuid).status == .completed) }
            #expect(Self.lines(one, "order") == ["a", "b", "c", "d"])
            #expect(Self.lines(two, "order") == ["b", "c", "d"])
        }
    }

    @Test func `queued executions survive every crash, and start when the running one is found lost`() async throws {
        try await Installation.run(.nginx, Self.sample("max_running: 1")) { installation in
            let ann = try await installation.person("ann")
            let first = try await ann.start("hold", "never")
            let waiting = try await ann.start("hold", "go")
            let record = try await installation.record(first)
            let responder = try #require(installation.responder)
            responder.signal(SIGKILL)
            _ = try await responder.ended()
            for process in [record.supervisor, record.command] { try installation.signal(process, SIGKILL) }
            try await installation.untilGone([record.supervisor.pid, record.command.pid])
            try installation.startResponder()
            try await installation.untilAnswering()
            // The pass that was started by the queueing may have seen the crash already.
            #expect(try await ann.row(waiting).status?.isEnded == false)
            try installation.touch("go")
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            #expect(try await ann.settled(first).lost)
            #expect(try await ann.settled(waiting).status == .completed)
        }
    }

    @Test func `a queued execution whose command was removed fails with the reason`() async throws {
        try await Installation.run(.nginx, Self.sample("max_running: 1")) { installation in
            let ann = try await installation.person("ann")
            let carol = try await installation.person("carol")
            let first = try await ann.start("hold", "go")
            let waiting = try await ann.start("hold", "go")
            let yaml = try String(contentsOfFile: installation.configuration, encoding: .utf8)
            let without = yaml.split(separator: "\n").filter { !$0.contains("\"hold\":") }.joined(separator: "\n")
            try (without + "\n").write(toFile: installation.configuration, atomically: false, encoding: .utf8)
            try installation.touch("go")
            #expect(try await carol.settled(first).status == .completed)
            let row = try await carol.settled(waiting)
            #expect(row.status == .failed)
            #expect(row.reason?.contains("is not on the allow-list any more") == true, "\(row.reason ?? "")")
        }
    }

    @Test func `an administrator can cancel a queued execution`() async throws {
        try await Installation.run(.nginx, Self.sample("max_running: 1")) { installation in
            let ann = try await installation.person("ann")
            let first = try await ann.start("hold", "go")
            let waiting = try await ann.start("hold", "go")
            #expect(try await installation.broker("kill", "\(waiting)", "--by", "root").status == 0)
            try installation.touch("go")
            #expect(try await ann.settled(first).status == .completed)
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            let row = try await ann.row(waiting)
            #expect(row.status == .killed)
            #expect(row.killed_by == "root")
            #expect(try installation.log(waiting).isEmpty)
        }
    }
}
