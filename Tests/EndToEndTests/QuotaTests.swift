import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// A quota is used up, and the disk has room.
///
/// The store is PostgreSQL, because the kernel ends a program with SIGBUS if SQLite's shared memory gets no room on a
/// copy-on-write file system.
@Suite(.enabled(if: QuotaDisk.isPossible, "a file system with a quota cannot be made here: install btrfs-progs"))
struct QuotaTests {
    private func run(_ body: (Installation, QuotaDisk) async throws -> Void) async throws {
        let server = try PostgreSQLProcess.shared.get()
        let sample = SampleConfiguration(
            top: "database: \"\(server.address(try server.makeDatabase()))\"",
            commands: [
                "fill":
                    "roles: [\"*\"], run: [sh, -c, 'while true; do cat /dev/zero >>\"$0/filling\" 2>/dev/null; done']"
            ])
        try await Slots.shared.run(alone: true) {
            let installation = try Installation(.nginx, sample, "nginx/example-auth-basic.conf", nil)
            let disk = try QuotaDisk(
                at: installation.directory + "/disk.img", mountedOn: installation.storage, bytes: 16 << 20)
            defer { disk.unmount() }
            do {
                try await installation.start()
                try await body(installation, disk)
            } catch {
                await installation.end()
                installation.explain(error)
                throw error
            }
            await installation.end()
        }
    }

    @Test func `a job that uses up the quota can be killed, and the first kill is recorded`() async throws {
        try await run { installation, disk in
            let ann = try await installation.person("ann")
            let ends = try await ann.start("await", "go 6")
            try await installation.untilLogged(ends, "ready")
            let uuid = try await ann.start("fill", installation.storage)
            try await waitUntil("a used up quota") { disk.isUsedUp }
            #expect(disk.remaining > 0)
            for _ in 1...3 {
                let reply = try await ann.post("/execute", ["command": "greet", "params": "refused"])
                #expect([500, 503, 507].contains(reply.status), "\(reply.status) \(reply.text)")
            }
            #expect(try await ann.get("/history").status == 200)
            let reply = try await ann.kill(uuid)
            #expect(reply.status == 200, "\(reply.text)")
            // btrfs gives the room of the reserve back with its next commit, which it makes every 30 s, btrfs(5).
            let row = try await ann.settled(uuid, limit: .seconds(90))
            #expect(row.status == .killed)
            #expect(row.killed_by == "ann")
            try installation.touch("go")
            unlink(installation.storage + "/filling")
            try await waitUntil("room") { !disk.isUsedUp }
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            #expect(try await ann.settled(ends).exit_code == 6)
            #expect(try await ann.settled(try await ann.start("greet", "after")).status == .completed)
            let rows = try await ann.get("/history").json(History.self).data
            #expect(rows.filter { $0.parameters == "refused" }.allSatisfy { $0.status == .failed })
        }
    }

    @Test func `the end of a job is recorded when the quota has room again`() async throws {
        try await run { installation, disk in
            let ann = try await installation.person("ann")
            let ends = try await ann.start("await", "go 6")
            try await installation.untilLogged(ends, "ready")
            let supervisor = try await installation.record(ends).supervisor.pid
            let filling = installation.storage + "/filling"
            do {
                let file = try Descriptor(opening: filling, O_WRONLY | O_CREAT)
                while (try? file.write([UInt8](repeating: 0, count: 1 << 16), to: filling)) != nil {}
            }
            try await waitUntil("a used up quota") { disk.isUsedUp }
            try installation.touch("go")
            let command = try await installation.record(ends).command.pid
            try await installation.untilGone([command])
            unlink(filling)
            try await installation.untilGone([supervisor])
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            #expect(try await ann.settled(ends).exit_code == 6)
        }
    }
}
