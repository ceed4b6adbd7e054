import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// A store that was restored from an earlier copy.
struct RestoredStoreTests {
    @Test func `a queued execution that has run does not run again`() async throws {
        let commands = ["one": "roles: [\"*\"], run: [\(Places.fixtures)/await], max_running: 1, when_full: queue"]
        try await Installation.run(.nginx, SampleConfiguration(commands: commands)) { installation in
            let ann = try await installation.person("ann")
            let first = try await ann.start("one", "go 0")
            try await installation.untilLogged(first, "ready")
            let queued = try await ann.start("one", "go 0")
            let database = installation.storage + "/remotisan.sqlite"
            let copy = database + ".copy"
            #expect(try await installation.database("copy", database, copy) == "")
            try installation.touch("go")
            for uuid in [first, queued] { _ = try await ann.settled(uuid) }
            // Not even if only the log is left of it.
            unlink(try installation.files(queued).exit)
            #expect(rename(copy, database) == 0)
            try await waitUntil("the store is opened again") { try await ann.get("/health").status == 200 }
            // The first pass finds that it has run, and the second one what became of it.
            for _ in 1...2 { #expect(try await installation.broker("watch", "--for", "0").status == 0) }
            #expect(try await ann.settled(first).exit_code == 0)
            let row = try await ann.settled(queued)
            #expect(row.lost)
            let readings = try installation.log(queued).split(separator: "\n").count { $0.contains("ready") }
            #expect(readings == 1)
        }
    }

    @Test func `a running job that the store has lost is killed by its UUID, and old files are not swept`()
        async throws
    {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let database = installation.storage + "/remotisan.sqlite"
            let copy = database + ".copy"
            #expect(try await installation.database("copy", database, copy) == "")
            let ended = try await ann.start("greet", "ended")
            _ = try await ann.settled(ended)
            let running = try await ann.start("stubborn", "pids")
            let pids = try await installation.pids(in: "pids")
            #expect(rename(copy, database) == 0)
            try await waitUntil("the store is opened again") { try await ann.get("/health").status == 200 }
            let killed = try await installation.broker("kill", running.description, "--by", "ops")
            #expect(killed.status == 0, "\(killed.errors)")
            try await installation.untilGone(pids)
            #expect(try await ann.settled(running).killed_by == "ops")
            // Files that are older than the age of orphans.
            for file in try [installation.files(ended).exit, installation.files(ended).log] {
                var times = [timeval(tv_sec: 1_600_000_000, tv_usec: 0), timeval(tv_sec: 1_600_000_000, tv_usec: 0)]
                #expect(utimes(file, &times) == 0)
            }
            #expect(try await installation.broker("purge", "--older-than", "1000d").status == 0)
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            let row = try await ann.settled(ended)
            #expect(row.exit_code == 0)
            #expect(row.user_identifier == "ann")
            #expect(row.parameters == "ended")
            #expect(try await ann.follow(ended).text == "Hello ended\n")
        }
    }
}
