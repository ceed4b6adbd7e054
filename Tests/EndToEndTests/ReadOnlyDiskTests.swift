import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// The kernel finds an error in the file system of the storage, and makes it read-only (ext4(5), errors=remount-ro).
///
/// An administrator cannot remount a file system as read-only while programs write to its files: mount(2), EBUSY.
@Suite(.enabled(if: DiskImage.isPossible, "a loop device cannot be mounted here"))
struct ReadOnlyDiskTests {
    @Test func `a read-only disk is reported, nothing starts, jobs can be killed, and the instance goes on afterwards`()
        async throws
    {
        try await Slots.shared.run(alone: true) {
            let installation = try Installation(.nginx, SampleConfiguration(), "nginx/example-auth-basic.conf", nil)
            let disk = try DiskImage(at: installation.directory + "/disk.img", mountedOn: installation.storage)
            defer { disk.unmount() }
            do {
                try await installation.start()
                try await makeReadOnly(installation, disk)
            } catch {
                await installation.end()
                installation.explain(error)
                throw error
            }
            await installation.end()
        }
    }

    private func makeReadOnly(_ installation: Installation, _ disk: DiskImage) async throws {
        let broker = try await installation.startBroker()
        let ann = try await installation.person("ann")
        let before = try await ann.start("greet", "before")
        _ = try await ann.settled(before)
        let ends = try await ann.start("await", "go 3")
        let stubborn = try await ann.start("stubborn", "pids")
        let goesOn = try await ann.start("await", "later 0")
        for uuid in [ends, goesOn] { try await installation.untilLogged(uuid, "ready") }
        let pids = try await installation.pids(in: "pids")
        let supervisor = try await installation.record(ends).supervisor.pid

        try disk.fail()
        let health = try await ann.get("/health")
        #expect(health.status == 503)
        #expect(try health.json([String: String].self)["store"] == "read-only", "\(health.text)")
        let refused = try await ann.post("/execute", ["command": "greet", "params": "refused"])
        #expect([500, 503].contains(refused.status), "\(refused.text)")
        #expect(!refused.text.contains(installation.storage))
        // What is stored can still be read.
        #expect(try await ann.get("/history").json(History.self).total == 4)
        #expect(try await ann.follow(before).text == "Hello before\n")
        #expect(try await ann.kill(stubborn).status >= 500)
        let killed = try await installation.broker("kill", "\(stubborn)", "--by", "ops")
        #expect(killed.status == 0, "\(killed.out)\(killed.errors)")
        try await installation.untilGone(pids)
        try installation.touch("go")
        try await installation.untilGone([supervisor])

        // An administrator repairs the disk, and mounts it again. The kernel would go on with the failed one as long as
        // programs have files of it open, so the repaired one is a copy.
        let repaired = try disk.copy(for: installation.storage)
        try repaired.repair()
        disk.detach()
        try repaired.mount()
        defer { repaired.unmount() }
        try await waitUntil("the store is opened again") { try await ann.get("/health").status == 200 }
        _ = try await broker.ended(limit: .seconds(60))
        #expect(try await installation.broker("watch", "--for", "0").status == 0)
        #expect(try await ann.settled(stubborn).status.map { $0 == .killed || $0 == .failed } == true)
        #expect(try await ann.settled(ends).lost, "Its end could not be written.")
        let after = try await ann.start("greet", "after")
        #expect(try await ann.settled(after).status == .completed)
        try installation.touch("later")
        let last = try await ann.settled(goesOn)
        #expect(last.lost || last.exit_code == 0)
        let rows = try await ann.get("/history").json(History.self).data
        #expect(!rows.contains { $0.parameters == "refused" && $0.status == .completed })
    }
}
