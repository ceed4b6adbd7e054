import Foundation
import TestSupport
import Testing

@testable import Core

/// A full storage: clear errors, no half-written files, no lost end.
@Suite(.enabled(if: SmallDisk.isPossible, "a file system cannot be mounted here"))
struct FullDiskTests {
    @Test func `a start on a full disk is a clear error and leaves no half-written file`() async throws {
        try await Installation.run(diskBytes: 4 << 20) { installation in
            let disk = try #require(installation.disk)
            let ann = try await installation.person("ann")
            let before = try await ann.start("greet", "before")
            _ = try await ann.settled(before)

            try disk.fill()
            for _ in 1...3 {
                let reply = try await ann.post("/execute", ["command": "greet", "params": "full"])
                #expect([500, 503].contains(reply.status))
                let message = try reply.json([String: String].self)["message"] ?? ""
                #expect(message.contains("No space left") || message.contains("store is not available"), "\(message)")
                #expect(!message.contains(installation.storage))
            }
            // Existing executions can still be read.
            #expect(try await ann.follow(before).text == "Hello before\n")

            disk.free()
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            let rows = try await ann.get("/history").json(History.self).data
            #expect(rows.filter { $0.parameters == "full" }.allSatisfy { $0.status == .failed })
            let names = installation.jobFiles
            #expect(names.allSatisfy { $0.hasPrefix(before.description) }, "\(names)")
            let after = try await ann.start("greet", "after")
            #expect(try await ann.settled(after).status == .completed)
        }
    }

    @Test func `the end of a running job is recorded on a full disk, and settled when there is space`()
        async throws
    {
        try await Installation.run(diskBytes: 4 << 20) { installation in
            let disk = try #require(installation.disk)
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("await", "go 6")
            try await installation.untilLogged(uuid, "ready")
            let supervisor = try await installation.record(uuid).supervisor
            try disk.fill()
            try installation.touch("go")
            // The space of its record was allocated at its start.
            let files = try installation.files(uuid)
            try await waitUntil("the exit record") { try files.exitRecord()?.outcome == .code(6) }
            let poll = try await ann.poll(uuid)
            #expect(poll.isEnded)
            #expect(poll.exit_code == 6)
            try await installation.untilGone([supervisor.pid])

            disk.free()
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            let row = try await ann.row(uuid)
            #expect(row.status == .failed)
            #expect(row.exit_code == 6)
        }
    }

    /// Programs that take everything that is given back.
    private static let refilling = SampleConfiguration(commands: [
        "fill": "roles: [\"*\"], run: [sh, -c, 'while true; do cat /dev/zero >>\"$0/filling\" 2>/dev/null; done']",
        "inodes":
            "roles: [\"*\"], run: [sh, -c, 'i=0; while true; do i=$((i+1)); touch \"$0/i$i\" 2>/dev/null; done']",
    ])

    @Test(arguments: ["fill", "inodes"])
    func `a job that refills the disk at once can be killed, and the first kill is recorded`(
        _ command: String
    ) async throws {
        try await Installation.run(.nginx, Self.refilling, diskBytes: 16 << 20) { installation in
            let disk = try #require(installation.disk)
            let ann = try await installation.person("ann")
            if command == "inodes" { try disk.limitInodes(to: 300) }
            let uuid = try await ann.start(command, installation.storage)
            try await waitUntil("a full disk") { disk.remaining.blocks == 0 || disk.remaining.inodes == 0 }
            #expect(try await ann.kill(uuid).status == 200)
            let row = try await ann.settled(uuid)
            #expect(row.status == .killed)
            #expect(row.killed_by == "ann")
        }
    }

    @Test func `a job that refills the disk is ended by its timeout`() async throws {
        let fill = "roles: [\"*\"], run: [sh, -c, 'while true; do cat /dev/zero >>\"$0/filling\" 2>/dev/null; done']"
        let sample = SampleConfiguration(commands: ["limited": fill + ", timeout: 1s"])
        try await Installation.run(.nginx, sample, diskBytes: 16 << 20) { installation in
            _ = try await installation.startBroker()
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("limited", installation.storage)
            let row = try await ann.settled(uuid)
            #expect(row.status == .killed)
            #expect(row.killed_by == "timeout")
        }
    }

    @Test func `a job that fills the disk can be killed while the disk is full`() async throws {
        try await Installation.run(diskBytes: 4 << 20) { installation in
            let disk = try #require(installation.disk)
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("stubborn", "pids")
            let pids = try await installation.pids(in: "pids")
            try disk.fill()
            // The storage reserves a little space for this.
            #expect(try await ann.kill(uuid).status == 200)
            try await installation.untilGone(pids)
            let row = try await ann.settled(uuid)
            #expect(row.status == .killed)
            let lines = try installation.log(uuid).split(separator: "\n")
            #expect(lines.count { $0.hasPrefix("PROCESS KILLED BY ann AT ") } == 1, "\(lines)")
        }
    }

    @Test func `a job that prints on a full disk is not blocked, and its log says how much is missing`() async throws {
        let line = String(repeating: "0123456789", count: 10)
        let script = """
            echo before; until [ -e go ]; do sleep 0.05; done; yes \(line) | head -n 20000; \
            touch printed; until [ -e on ]; do sleep 0.05; done; echo after
            """
        let sample = SampleConfiguration(commands: ["print": "roles: [\"*\"], run: [sh, -c, '\(script)']"])
        try await Installation.run(.nginx, sample, diskBytes: 4 << 20) { installation in
            let disk = try #require(installation.disk)
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("print")
            try await installation.untilLogged(uuid, "before\n")
            try disk.fill()
            try installation.touch("go")
            // It prints far more than its FIFO and the disk can take.
            try await waitUntil("the end of the output") { access(installation.work + "/printed", F_OK) == 0 }

            disk.free()
            try await installation.untilLogged(uuid, " bytes could not be written to this log.]\n")
            try installation.touch("on")
            #expect(try await ann.settled(uuid).status == .completed)
            let log = try installation.log(uuid)
            #expect(log.hasPrefix("before\n"))
            // What was in the FIFO when the disk had room again follows the note.
            #expect(log.hasSuffix("\nafter\n"), "\(log.suffix(200))")
            let note = /\n\[(\d+) bytes could not be written to this log\.\]\n/
            let missing = log.matches(of: note).compactMap { Int($0.1) }.reduce(0, +)
            let stored = log.replacing(note, with: "")
            #expect(stored.utf8.count + missing == "before\nafter\n".utf8.count + 20_000 * (line.utf8.count + 1))
            #expect(missing > 1 << 20)
        }
    }
}
