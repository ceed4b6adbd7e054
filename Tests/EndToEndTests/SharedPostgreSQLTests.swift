import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// Several instances on one PostgreSQL database, each with its nginx, responder, broker and storage.
@Suite struct SharedPostgreSQLTests {
    private struct Listed: Decodable {
        struct Entry: Decodable {
            let server_uuid: String
            let name: String
            let is_gone: Bool
        }
        let instances: [Entry]
    }

    private static func top(_ server: PostgreSQLProcess, _ database: String, _ cache: CacheProcess?) -> String {
        "database: \"\(server.address(database))\"\nkill_list: \"\(cache?.address ?? "database")\""
    }

    private static let kinds: [CacheProcess.Kind?] = [nil] + CacheProcess.Kind.allCases.map(Optional.some)

    @Test(arguments: kinds)
    func `one instance starts, another shows, a third kills, and all have the same history`(
        _ kind: CacheProcess.Kind?
    ) async throws {
        let server = try PostgreSQLProcess.shared.get()
        let database = try server.makeDatabase()
        let cache = try kind.map { try CacheProcess($0) }
        try await Installation.run(["a", "b", "c"], top: { _ in Self.top(server, database, cache) }) { all in
            for installation in all { _ = try await installation.startBroker() }
            var ann: [Visitor] = []
            for installation in all { ann.append(try await installation.person("ann")) }
            for number in 0..<3 { _ = try await ann[number].settled(try await ann[number].start("ends", "\(number)")) }
            let job = try await ann[0].start("await", "never 0")
            try await waitUntil("its first line, seen from b") { try await ann[1].poll(job).text == "ready\n" }
            #expect(try await ann[1].get("/execute/\(job)/log").text == "ready\n")
            #expect(try await ann[2].kill(job).status == 200)
            #expect(try await ann[1].settled(job).status == .killed)
            #expect(try await ann[1].poll(job, from: 6).text.contains("PROCESS KILLED BY ann"))

            for path in [
                "/history", "/history?status=3", "/history?user=ann&name=ends", "/history?command=never", "/filters",
            ] {
                let answers = try await [ann[0].get(path), ann[1].get(path), ann[2].get(path)].map { reply in
                    // Links contain the address of the instance, and registrations may come between two responses.
                    reply.text.replacing(#/127\.0\.0\.1:\d+|localhost:\d+|"instance_last_seen":\d+/#, with: "")
                }
                #expect(answers[0] == answers[1] && answers[1] == answers[2], "\(path)")
            }
            #expect(try await ann[2].get("/history").json(History.self).total == 4)
        }
    }

    @Test func `an instance without network is shown as gone, closed by another, and settles its own when it returns`()
        async throws
    {
        let server = try PostgreSQLProcess.shared.get()
        let database = try server.makeDatabase()
        try await Installation.run(["a", "b"], top: { _ in Self.top(server, database, nil) }) { all in
            let (one, two) = (all[0], all[1])
            let broker = try await one.startBroker()
            let ann = try await one.person("ann")
            let goesOn = try await ann.start("await", "go 0")
            let ends = try await ann.start("await", "soon 7")
            let other = try await two.person("ann").start("await", "go 0")
            for uuid in [goesOn, ends] { try await one.untilLogged(uuid, "ready") }
            let carol = try await two.person("carol")
            let gone = try #require(
                try await carol.get("/instances").json(Listed.self).instances.first { $0.name == "a" })
            #expect(!gone.is_gone)
            #expect(try await carol.post("/instances/\(gone.server_uuid)/close").status == 409)

            broker.signal(SIGKILL)
            _ = try await broker.ended()
            await one.responder?.stop()
            await one.server?.stop()
            // As if it had registered long ago.
            try server.sql(
                "UPDATE remotisan_instances SET last_seen = last_seen - 200 WHERE server_uuid = '\(gone.server_uuid)'",
                in: database)
            let listed = try await carol.get("/instances").json(Listed.self).instances
            #expect(listed.filter(\.is_gone).map(\.name) == ["a"])
            #expect(try await carol.get("/execute/\(goesOn)?offset=0").status == 503)
            #expect(try await carol.post("/instances/\(gone.server_uuid)/close").text == #"{"closed":2}"#)
            #expect(try await carol.row(goesOn).reason == "lost: instance a is gone, closed by carol")
            #expect(try await carol.row(other).status == .running)
            try one.touch("soon")
            let files = try one.files(ends)
            try await waitUntil("the end of the second job") { try files.exitRecord() != nil }

            let back = try await one.broker("watch", "--for", "0")
            #expect(back.status == 0, "\(back.errors)")
            #expect(try await carol.row(goesOn).status == .running)
            #expect(try await carol.row(goesOn).reason == nil)
            let settled = try await carol.row(ends)
            #expect(settled.status == .failed)
            #expect(settled.exit_code == 7)
            #expect(try await carol.row(other).status == .running)
            for installation in all { try installation.touch("go") }
            #expect(try await carol.settled(goesOn).status == .completed)
            #expect(try await carol.settled(other).status == .completed)
        }
    }

    @Test func `a hundred jobs of two instances survive restarts of PostgreSQL, Redis and memcached`()
        async throws
    {
        let server = try PostgreSQLProcess()
        let database = try server.makeDatabase()
        let caches = ["a": try CacheProcess(.redis), "b": try CacheProcess(.memcached)]
        try await Installation.run(["a", "b"], top: { Self.top(server, database, caches[$0]) }) { all in
            for installation in all { _ = try await installation.startBroker() }
            var jobs: [(uuid: JobUUID, code: Int, ann: Visitor, installation: Installation)] = []
            for installation in all {
                let ann = try await installation.person("ann")
                for number in 0..<50 {
                    let uuid = try await ann.start("patient", "\(number % 3)")
                    jobs.append((uuid, number % 3, ann, installation))
                }
            }
            // Kills during the outages: while no list answers, and when the database has just returned.
            let killed = stride(from: 0, to: 100, by: 10).map { jobs[$0] }
            for cache in caches.values { cache.stop() }
            for job in killed.prefix(5) { #expect(try await job.ann.kill(job.uuid).status == 200) }
            server.stop()
            for cache in caches.values { try cache.start() }
            #expect(try await jobs[1].ann.get("/history").status == 503)
            try server.start()
            for installation in all { try await installation.untilAnswering() }
            for job in killed.dropFirst(5) { #expect(try await job.ann.kill(job.uuid).status == 200) }
            for job in killed { #expect(try await job.ann.settled(job.uuid).status == .killed) }
            server.stop(SIGKILL)
            for installation in all { try installation.touch("go") }
            for job in jobs {
                let files = try job.installation.files(job.uuid)
                try await waitUntil("the end of \(job.uuid)") {
                    // A killed job is settled, and its record may exist or not.
                    try files.exitRecord() != nil || killed.contains { $0.uuid == job.uuid }
                }
            }
            try server.start()
            for installation in all { try await installation.untilAnswering() }
            for job in jobs where !killed.contains(where: { $0.uuid == job.uuid }) {
                let row = try await job.ann.settled(job.uuid)
                #expect(row.exit_code == job.code)
                #expect(row.status == (job.code == 0 ? .completed : .failed))
                #expect(row.reason == nil)
            }
            #expect(try await jobs[0].ann.get("/history").json(History.self).total == 100)
            #expect(try server.sql("SELECT sum(executions) FROM remotisan_counted", in: database) == "100")
        }
    }

    @Test func `requests with one idempotency key start one execution, whichever instance they reach`() async throws {
        let server = try PostgreSQLProcess.shared.get()
        let database = try server.makeDatabase()
        try await Installation.run(["a", "b"], top: { _ in Self.top(server, database, nil) }) { all in
            var visitors: [Visitor] = []
            for installation in all {
                let ann = try await installation.person("ann")
                visitors.append(
                    Visitor(installation: installation, headers: ann.headers + [("Idempotency-Key", "one-of-20")]))
            }
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<20 {
                    let visitor = visitors[number % 2]
                    group.addTask { try await visitor.post("/execute", ["command": "greet", "params": "once"]).text }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(answers.count == 1, "\(answers)")
            #expect(try await visitors[1].get("/history").json(History.self).total == 1)
            let other = try await visitors[1].post("/execute", ["command": "greet", "params": "twice"])
            #expect(other.status == 422)
        }
    }
}
