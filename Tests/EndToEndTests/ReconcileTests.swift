import Foundation
import TestSupport
import Testing

@testable import Core

/// `remotisan-broker reconcile`, after another tool has restored the store.
@Suite struct ReconcileTests {
    /// Copies the store, and puts the copy back.
    private struct Tool {
        /// A server and its database; nil for SQLite.
        let server: (process: PostgreSQLProcess, database: String)?

        init(isPostgreSQL: Bool) throws {
            let process = try isPostgreSQL ? PostgreSQLProcess.shared.get() : nil
            server = try process.map { ($0, try $0.makeDatabase()) }
        }

        var sample: SampleConfiguration {
            let database = server.map { "database: \"\($0.process.address($0.database))\"" } ?? ""
            let one = "roles: [\"*\"], run: [\(Places.fixtures)/await], max_running: 1, when_full: queue"
            return SampleConfiguration(top: "kill: { grace: 300ms }\n\(database)", commands: ["one": one])
        }

        func copy(_ installation: Installation) async throws {
            if let server {
                try server.process.dump(server.database)
            } else {
                let database = installation.storage + "/remotisan.sqlite"
                #expect(try await installation.database("copy", database, database + ".copy") == "")
            }
        }

        func restore(_ installation: Installation) throws {
            if let server {
                try server.process.restore(server.database)
            } else {
                let database = installation.storage + "/remotisan.sqlite"
                #expect(rename(database + ".copy", database) == 0)
            }
        }
    }

    @Test(arguments: [true, false], [true, false])
    func `queued executions of an older copy that have run do not run again, and newer ones are made anew`(
        isPostgreSQL: Bool, keepsQueued: Bool
    ) async throws {
        let tool = try Tool(isPostgreSQL: isPostgreSQL)
        try await Installation.run(.nginx, tool.sample, alone: true) { installation in
            let ann = try await installation.person("ann")
            let first = try await ann.start("one", "go 0")
            try await installation.untilLogged(first, "ready")
            let (ran, cancelled) = (try await ann.start("one", "go 4"), try await ann.start("one", "go 5"))
            try await tool.copy(installation)
            #expect(try await ann.kill(cancelled).status == 200)
            try installation.touch("go")
            for uuid in [first, ran] { _ = try await ann.settled(uuid) }
            let newer = try await ann.start("greet", "newer")
            _ = try await ann.settled(newer)

            let arguments = ["reconcile"] + (keepsQueued ? ["--keep-queued"] : [])
            let early = try await installation.broker(arguments)
            #expect(early.status == 4)
            #expect(early.errors.contains("A responder uses the storage"), "\(early.errors)")
            await installation.responder?.stop()
            try tool.restore(installation)
            let output = try await installation.broker(arguments)
            #expect(output.status == 0, "\(output.errors)")
            #expect(output.out.contains("1 execution made anew"), "\(output.out)")
            #expect(output.out.contains("1 queued execution had run since"), "\(output.out)")
            #expect(output.out.contains("1 queued execution ended without a start") == !keepsQueued, "\(output.out)")
            let again = try await installation.broker(arguments)
            #expect(again.out == "0 executions made anew from the files of jobs.\n", "\(again.out)")

            try installation.startResponder()
            try await installation.untilAnswering()
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            #expect(try await ann.settled(first).exit_code == 0)
            #expect(try await ann.settled(ran).exit_code == 4)
            #expect(try installation.log(ran).split(separator: "\n").count { $0 == "ready" } == 1)
            #expect(try await ann.settled(newer).parameters == "newer")
            #expect(try await ann.get("/history?uuid=\(newer)").text.contains("\"restored\":true"))
            let row = try await ann.settled(cancelled)
            if keepsQueued {
                #expect(row.exit_code == 5)
            } else {
                #expect(row.reason == "never started: the store was restored from a backup")
                #expect(row.exit_code == nil)
            }
        }
    }
}
