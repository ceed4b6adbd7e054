import Foundation
import TestSupport
import Testing

@testable import Core

/// Many requests at the same time.
@Suite struct ConcurrencyTests {
    @Test func `200 executions started by 20 clients at once are 200 rows and 200 logs, all settled`() async throws {
        let sample = SampleConfiguration(commands: ["echo": "roles: [\"*\"], run: [echo]"])
        try await Installation.run(.nginx, sample, alone: true) { installation in
            _ = try await installation.startBroker()
            let started = try await withThrowingTaskGroup(of: [JobUUID: String].self) { group in
                for client in 1...20 {
                    group.addTask {
                        let visitor = try await installation.person(["ann", "bob", "carol"][client % 3])
                        var started: [JobUUID: String] = [:]
                        for number in 1...10 {
                            let word = "client-\(client)-job-\(number)"
                            started[try await visitor.start("echo", word)] = word
                        }
                        return started
                    }
                }
                return try await group.reduce(into: [:]) { all, some in all.merge(some) { $1 } }
            }
            #expect(started.count == 200)

            let carol = try await installation.person("carol")
            let rows = try await waitFor("200 settled rows") { () -> [Row]? in
                let first = try await carol.get("/history?status=1").json(History.self)
                return first.total == 0 ? try await all(carol) : nil
            }
            #expect(rows.count == 200)
            #expect(Set(rows.map(\.job_uuid)).count == 200)
            for row in rows {
                let uuid = try #require(JobUUID(row.job_uuid))
                #expect(row.status == .completed)
                #expect(row.exit_code == 0)
                #expect(row.parameters == started[uuid])
                #expect(try installation.log(uuid) == "\(row.parameters)\n")
            }
            let logs = try FileManager.default.contentsOfDirectory(atPath: installation.storage + "/logs")
            #expect(logs.count { $0.hasSuffix(".log") } == 200)
        }
    }

    @Test func `max_running holds for concurrent requests`() async throws {
        let sample = SampleConfiguration(commands: ["few": "roles: [\"*\"], run: [sleep], max_running: 3"])
        try await Installation.run(.nginx, sample) { installation in
            let visitor = try await installation.person("ann")
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 1...12 {
                    group.addTask { try await visitor.post("/execute", ["command": "few", "params": "600"]).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 3)
            #expect(statuses.count { $0 == 409 } == 9)
        }
    }

    private func all(_ visitor: Visitor) async throws -> [Row] {
        var rows: [Row] = []
        var page = 1
        while true {
            let history = try await visitor.get("/history?page=\(page)").json(History.self)
            rows += history.data
            if page >= history.last_page { return rows }
            page += 1
        }
    }
}
