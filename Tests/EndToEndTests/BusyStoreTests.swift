import Foundation
import TestSupport
import Testing

@testable import Core

/// Another program writes to the database for a long time.
struct BusyStoreTests {
    @Test func `while another program writes, polls are answered and starts fail soon`() async throws {
        try await Installation.run(.nginx, SampleConfiguration(top: "threads: 8")) { installation in
            let ann = try await installation.person("ann")
            let before = try await ann.start("greet", "before")
            _ = try await ann.settled(before)
            let lock = try await installation.lockDatabase()
            let replies = try await withThrowingTaskGroup { group in
                for number in 1...16 {
                    group.addTask { try await ann.post("/execute", ["command": "greet", "params": "\(number)"]) }
                }
                var replies: [HTTPReply] = []
                for try await reply in group {
                    replies.append(reply)
                    // The first answer comes while other requests still wait for the database.
                    if replies.count == 1 {
                        #expect(try await ann.poll(before).isEnded)
                        #expect(try await ann.get("/history").status == 200)
                    }
                }
                return replies
            }
            #expect(replies.allSatisfy { $0.status == 503 && $0.header("retry-after") == "5" })
            lock.signal(SIGKILL)
            let after = try await ann.start("greet", "after")
            _ = try await ann.settled(after)
            // A start that was answered with 503 has no job.
            let rows = try await ann.get("/history").json(History.self).data
            #expect(rows.map(\.parameters) == ["after", "before"])
        }
    }

    @Test func `an execution whose client has gone before it was queued never starts`() async throws {
        let one = "roles: [\"*\"], run: [\(Places.fixtures)/await], max_running: 1, when_full: queue"
        try await Installation.run(.nginx, SampleConfiguration(commands: ["one": one])) { installation in
            let ann = try await installation.person("ann")
            let first = try await ann.start("one", "go 0")
            try await installation.untilLogged(first, "ready")
            let locks = installation.jobFiles.count { $0.hasSuffix(".lock") }
            let lock = try await installation.lockDatabase()
            let request = HTTPRequest(
                method: "POST", target: ann.base + "/execute",
                headers: ann.headers + [("Content-Type", "application/json")],
                body: Array(#"{"command": "one", "params": "go 7"}"#.utf8))
            do {
                let connection = try Connection(port: installation.port)
                connection.send(request.bytes)
                try await waitUntil("the lock of the job") {
                    installation.jobFiles.count { $0.hasSuffix(".lock") } > locks
                }
            }
            // nginx notices the end of the connection before it answers this.
            for _ in 1...3 { _ = try await ann.get("/history") }
            lock.signal(SIGKILL)
            let row = try await waitFor("the end of the start") {
                try await ann.get("/history").json(History.self).data.first { $0.parameters == "go 7" }
            }
            let ended = try await ann.settled(try #require(JobUUID(row.job_uuid)))
            #expect(ended.status == .failed)
            #expect(ended.exit_code == nil)
            #expect(ended.reason?.contains("the client closed the connection") == true)
            try installation.touch("go")
            #expect(try await ann.settled(first).exit_code == 0)
        }
    }

    @Test func `a start whose client has gone is not launched`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let lock = try await installation.lockDatabase()
            let body = Array(#"{"command": "greet", "params": "gone"}"#.utf8)
            let request = HTTPRequest(
                method: "POST", target: ann.base + "/execute",
                headers: ann.headers + [("Content-Type", "application/json"), ("Idempotency-Key", "the-same")],
                body: body)
            do {
                let connection = try Connection(port: installation.port)
                connection.send(request.bytes)
                // The lock of the job comes before the row, which cannot be written.
                try await waitUntil("the lock of the job") { installation.jobFiles.contains { $0.hasSuffix(".lock") } }
            }
            // nginx notices the end of the connection before it answers this.
            for _ in 1...3 { _ = try await ann.get("/history") }
            lock.signal(SIGKILL)
            let row = try await waitFor("the end of the start") {
                try await ann.get("/history").json(History.self).data.first { $0.status?.isEnded == true }
            }
            #expect(row.status == .failed)
            #expect(row.reason?.contains("the client closed the connection") == true)
            #expect(row.exit_code == nil)
            // The same key starts it now, because nothing ran before.
            let again = try await request.sent(to: installation.port)
            #expect(again.status == 200)
            let started = try await waitFor("the second start") {
                try await ann.get("/history").json(History.self).data.first { $0.status == .completed }
            }
            #expect(started.parameters == "gone")
        }
    }
}
