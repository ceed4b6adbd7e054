import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Core

/// Many crashes at random moments.
@Suite struct RandomCrashTests {
    @Test func `every execution ends, whenever the responder is killed`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            for round in 1...8 {
                let files = installation.jobFiles
                let answers = Answers()
                let body = ["command": "sleep", "params": "0.1"]
                let posts = Task {
                    await withTaskGroup(of: Void.self) { group in
                        for _ in 1...6 {
                            group.addTask {
                                _ = try? await ann.post("/execute", body)
                                answers.count.add(1, ordering: .relaxed)
                            }
                        }
                    }
                }
                // In the middle of the requests. A start makes two files before its row is stored, and more afterwards. So
                // the first rounds end before there is a row, and the last ones when there are some.
                try await waitUntil("starts under way") {
                    installation.jobFiles.subtracting(files).count > (round - 1) * 3
                        || answers.count.load(ordering: .relaxed) == 6
                }
                let responder = try #require(installation.responder)
                responder.signal(SIGKILL)
                _ = try await responder.ended()
                try installation.startResponder()
                await posts.value
                try await installation.untilAnswering()
            }
            try await waitUntil("every job ended") {
                #expect(try await installation.broker("watch", "--for", "0").status == 0)
                return try await ann.get("/history?status=1").json(History.self).total == 0
            }
            let total = try await ann.get("/history").json(History.self).total
            #expect(total > 0)
            let lost = try await ann.get("/history?status=3").json(History.self).total
            print("The responder was killed 8 times: \(total) rows, of which \(lost) are lost.")
            // Besides the records there may be locks of starts without a row. No process holds them.
            let names = installation.jobFiles
            #expect(
                names.allSatisfy { name in [".exit", ".lock", ".start"].contains { name.hasSuffix($0) } }, "\(names)")
            for name in names where name.hasSuffix(".lock") {
                let uuid = try #require(JobUUID(String(name.dropLast(5))))
                #expect(try installation.files(uuid).isLocked() == false)
            }
        }
    }

    @Test func `every execution ends as its job did, whichever processes are killed`() async throws {
        try await Installation.run(alone: true) { installation in
            let ann = try await installation.person("ann")
            var jobs: [(uuid: JobUUID, code: Int, record: PidRecord)] = []
            for number in 0..<40 {
                let uuid = try await ann.start("await", "go \(number % 4)")
                jobs.append((uuid, number % 4, try await installation.record(uuid)))
            }
            // A quarter each: none, the supervisor, the command, both.
            for (number, job) in jobs.shuffled().enumerated() {
                if number % 4 == 1 || number % 4 == 3 { try installation.signal(job.record.supervisor, SIGKILL) }
                if number % 4 >= 2 { try installation.signal(job.record.command, SIGKILL) }
                // A broker watches all the time, and one in four is killed.
                if number % 5 == 0 {
                    let broker = try await installation.startBroker()
                    if number % 20 == 0 { broker.signal(SIGKILL) } else { await broker.stop() }
                    _ = try await broker.ended()
                }
            }
            try await waitUntil("the kills have arrived") {
                jobs.count { ProcessTable.isAlive($0.record.supervisor) } <= 10
                    && jobs.count { ProcessTable.isAlive($0.record.command) } == 20
            }
            // Children of a killed command may live a moment longer.
            try await waitUntil("20 rows that run") {
                #expect(try await installation.broker("watch", "--for", "0").status == 0)
                return try await ann.get("/history?status=1").json(History.self).total == 20
            }
            let supervised = jobs.filter { ProcessTable.isAlive($0.record.supervisor) }
            let alone = jobs.filter {
                !ProcessTable.isAlive($0.record.supervisor) && ProcessTable.isAlive($0.record.command)
            }
            #expect(supervised.count == 10)
            #expect(alone.count == 10)

            try installation.touch("go")
            for job in supervised {
                let row = try await ann.settled(job.uuid)
                #expect(row.exit_code == job.code)
                #expect(row.status == (job.code == 0 ? .completed : .failed))
            }
            try await installation.untilGone(alone.map(\.record.command.pid))
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            for job in jobs where !supervised.contains(where: { $0.uuid == job.uuid }) {
                let row = try await ann.row(job.uuid)
                #expect(row.status == .failed)
                #expect(row.reason == "lost" || row.signal == "KILL")
            }
            #expect(try await ann.get("/history?status=3").json(History.self).data.allSatisfy { $0.killed_by == nil })
        }
    }
}

/// Counts the answers to concurrent requests.
private final class Answers: Sendable {
    let count = Atomic(0)
}
