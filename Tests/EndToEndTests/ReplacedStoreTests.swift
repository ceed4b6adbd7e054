import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// The storage or its database is replaced or removed under a running instance.
struct ReplacedStoreTests {
    @Test func `a copy renamed over the database loses no execution that was answered`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            var answered = [try await ann.start("greet", "before")]
            _ = try await ann.settled(answered[0])
            let database = installation.storage + "/remotisan.sqlite"
            let copy = database + ".copy"
            #expect(try await installation.database("copy", database, copy) == "")
            answered.append(try await ann.start("greet", "after the copy"))
            _ = try await ann.settled(answered[1])
            let running = try await ann.start("await", "go 3")
            try await installation.untilLogged(running, "ready")
            answered.append(running)

            #expect(rename(copy, database) == 0)
            try await installation.startUntilOpenedAgain(by: ann, &answered)
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            try installation.touch("go")
            for uuid in answered { #expect(try await ann.settled(uuid).command != "unknown", "\(uuid)") }
            #expect(try await ann.row(running).exit_code == 3)
            #expect(try await ann.get("/history?uuid=\(answered[1])").text.contains("\"restored\":true"))
            #expect(try await installation.database("check", database) == "ok")
        }
    }

    @Test(arguments: ["-wal", "-shm"])
    func `executions survive the removal of a file of the database`(_ end: String) async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            var answered: [JobUUID] = []
            for number in 1...3 { answered.append(try await ann.start("greet", "\(number)")) }
            #expect(unlink(installation.storage + "/remotisan.sqlite" + end) == 0)
            try await installation.startUntilOpenedAgain(by: ann, &answered)
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            for uuid in answered { #expect(try await ann.settled(uuid).status == .completed, "\(uuid)") }
            #expect(try await installation.database("check", installation.storage + "/remotisan.sqlite") == "ok")
        }
    }

    @Test func `nothing starts in a removed storage, and the instance goes on when it is back`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            var answered = [try await ann.start("greet", "before")]
            _ = try await ann.settled(answered[0])
            let aside = installation.storage + ".aside"
            #expect(rename(installation.storage, aside) == 0)
            for isThere in [false, true] {
                // With an empty directory, as if the file system were not mounted.
                if isThere { mkdir(installation.storage, 0o755) }
                for _ in 1...4 {
                    #expect(try await ann.post("/execute", ["command": "greet", "params": "lost"]).status >= 500)
                }
                let health = try await ann.get("/health")
                #expect(health.status == 503)
                // As cron and a supervisor start it.
                for words in [["watch", "--for", "0"], ["settle", answered[0].description]] {
                    let broker = try await installation.broker(words)
                    #expect(broker.status != 0)
                    #expect(broker.errors.contains("There is no storage in"), "\(broker.errors)")
                }
            }
            try await waitUntil("the refusal of all requests") { try await ann.get("/commands").status == 503 }
            #expect(access(installation.storage + "/remotisan_server_guid", F_OK) != 0)
            #expect(rmdir(installation.storage) == 0)
            #expect(rename(aside, installation.storage) == 0)
            try await installation.startUntilOpenedAgain(by: ann, &answered)
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            for uuid in answered { #expect(try await ann.settled(uuid).status == .completed, "\(uuid)") }
            let rows = try await ann.get("/history").json(History.self).data
            #expect(!rows.contains { $0.parameters == "lost" })
        }
    }

    @Test func `a job is killed by its files while the database is damaged`() async throws {
        // The command's own signals apply, too.
        let own = "roles: [\"*\"], run: [\(Places.fixtures)/stubborn], kill: { signals: [HUP, KILL], grace: 100ms }"
        try await Installation.run(.nginx, SampleConfiguration(commands: ["own": own])) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("own", "pids")
            let pids = try await installation.pids(in: "pids")
            let database = installation.storage + "/remotisan.sqlite"
            let kept = database + ".kept"
            #expect(rename(database, kept) == 0)
            try Data(repeating: 0x5A, count: 64 << 10).write(to: URL(fileURLWithPath: database))
            let killed = try await installation.broker("kill", uuid.description, "--by", "ops")
            #expect(killed.status == 0, "\(killed.errors)")
            #expect(killed.errors.contains("killed by its files"))
            try await installation.untilGone(pids)
            let record = try #require(try installation.files(uuid).killRecord())
            #expect(record.steps.map(\.signal) == [.hangup, .kill])
            #expect(rename(kept, database) == 0)
            try await waitUntil("the store is opened again") { try await ann.get("/health").status == 200 }
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            let row = try await ann.settled(uuid)
            #expect(row.status == .killed)
            #expect(row.killed_by == "ops")
        }
    }
}

extension Installation {
    /// Runs the fixture `database`, and returns what it prints.
    func database(_ arguments: String...) async throws -> String {
        let name = "database-\(UInt32.random(in: 0 ... .max)).out"
        let process = try spawn([Places.fixtures + "/database"] + arguments, output: name)
        #expect(try await process.ended() == .code(0))
        return String(decoding: ProcessFacts.read("\(directory)/\(name)"), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Starts executions until one is answered with 200 after the store was opened again. All answered ones are added.
    fileprivate func startUntilOpenedAgain(by person: Visitor, _ answered: inout [JobUUID]) async throws {
        let started = try await waitFor("a start after the store was opened again") { () -> [JobUUID]? in
            let reply = try await person.post("/execute", ["command": "greet", "params": "again"])
            guard reply.status == 200 else {
                #expect(reply.status == 503 || reply.status == 500, "\(reply.text)")
                return nil
            }
            return [try #require(JobUUID(try reply.json([String: String].self)["id"] ?? ""))]
        }
        answered += started
    }
}
