import Foundation
import Glibc
import SQLiteStore
import TestSupport
import Testing

@testable import Core

/// Power cuts under load: the disk as it was at one moment, mounted again, under another boot id.
@Suite(.enabled(if: DiskImage.isPossible, "a loop device cannot be mounted here"))
struct PowerCutTests {
    private static let cuts = 17

    /// Jobs with one line, with some lines, and with megabytes, and a job that runs until the end of the test.
    private static let sample = SampleConfiguration(commands: [
        "lines": "roles: [\"*\"], run: [sh, -c, 'seq $0; exit 3']",
        "wait": "roles: [\"*\"], run: [sh, -c, 'echo ready; sleep 600']",
    ])

    @Test func `power cuts lose no answered start and no log of an ended job, and one broker pass settles all`()
        async throws
    {
        try await Slots.shared.run(alone: true) {
            let installation = try Installation(.nginx, Self.sample, "nginx/example-auth-basic.conf", nil)
            let disk = try DiskImage(at: installation.directory + "/disk.img", mountedOn: installation.storage)
            defer { disk.unmount() }
            do {
                try await installation.start()
                try await cutPower(installation, disk)
            } catch {
                await installation.end()
                installation.explain(error)
                throw error
            }
            await installation.end()
        }
    }

    private func cutPower(_ installation: Installation, _ disk: DiskImage) async throws {
        _ = try await installation.startBroker()
        let ann = try await installation.person("ann")
        let running = try await ann.start("wait")
        let killed = try await ann.start("wait")
        for uuid in [running, killed] { try await installation.untilLogged(uuid, "ready") }
        #expect(try await ann.kill(killed).status == 200)
        let small = [1, 40].map { StartingClients("lines", "\($0)") }
        var large: [JobUUID] = []
        var ended = 0
        try await withThrowingTaskGroup { group in
            for clients in small { group.addTask { try await clients.run(ann) } }
            for cut in 1...Self.cuts {
                if cut % 4 == 1 { large.append(try await ann.start("lines", "200000")) }
                let known = small.map(\.uuids.count).reduce(0, +)
                try await waitUntil("starts before the power cut") {
                    small.map(\.uuids.count).reduce(0, +) >= known + 4 + cut % 3
                }
                // Answered before the copy is made, so all of these must be in it.
                var answered = [running: "ready\n", killed: "ready\n"]
                for uuid in small[0].uuids { answered[uuid] = "1\n" }
                for uuid in small[1].uuids { answered[uuid] = "40\n" }
                for uuid in large { answered[uuid] = "200000\n" }
                let frozen = Leftovers(of: installation.directory)
                frozen.signal(SIGSTOP)
                let copy = Result { try disk.copy() }
                frozen.signal(SIGCONT)
                ended += try await expectNothingLost(answered, on: copy.get(), installation)
            }
            for clients in small { clients.end() }
            try await group.waitForAll()
        }
        print("\(Self.cuts) power cuts: \(ended) ended jobs, all with their logs.")
        #expect(ended > Self.cuts)
    }

    /// Runs one broker pass on a copy of the disk, in the place of the storage, after a restart of the machine. Then
    /// compares its store with its files.
    ///
    /// - Returns: Number of jobs that had ended before the cut.
    private func expectNothingLost(
        _ answered: [JobUUID: String], on disk: DiskImage, _ installation: Installation
    ) async throws -> Int {
        defer { unlink(disk.image) }
        // A mount namespace, in which the boot id is another one, and a PID namespace, in which no process of the
        // earlier boot lives.
        let boot = installation.directory + "/boot"
        try UUID().uuidString.lowercased().write(toFile: boot, atomically: false, encoding: .utf8)
        chmod(boot, 0o644)
        let script = """
            set -e
            mount --bind "$1" /proc/sys/kernel/random/boot_id
            umount --lazy "$2"
            mount -o loop,noinit_itable "$3" "$2"
            shift 3
            exec "$@"
            """
        let before = try recorded(answered.keys, on: disk)
        let pass = try installation.spawn(
            ["/usr/bin/unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", script, "sh", boot]
                + [installation.storage, disk.image]
                + ServiceAccount.command([
                    Places.programs + "/remotisan-broker", "watch", "--for", "0", "--config",
                    installation.configuration,
                ]), output: "pass.log", asService: false)
        let ending = try await pass.ended()
        #expect(ending == .code(0), "\(ProcessFacts.text(installation.directory + "/pass.log"))")

        try disk.mount()
        defer { disk.detach() }
        let storage = try Storage(at: disk.directory)
        let store = try SQLiteStore(path: storage.database)
        #expect(try store.running(on: storage.serverUUID).isEmpty, "One pass settles everything.")
        for (uuid, lastLine) in answered {
            let row = try #require(try store.execution(uuid), "An answered start is lost.")
            let files = JobFiles(uuid, in: storage)
            // A broker notices a record before it is durable, so the row may be the only one that knows the end.
            guard before.contains(uuid) || row.ending.exitCode == 3 else {
                #expect(row.ending.isLost || row.status == .killed, "\(uuid) \(row.status) \(row.ending)")
                continue
            }
            #expect(!row.ending.isLost)
            if row.status != .killed { #expect(row.ending.exitCode == 3, "\(uuid) \(row.ending)") }
            let log = ProcessFacts.text(files.log)
            #expect(log.hasSuffix(lastLine) || row.status == .killed, "\(uuid) has \(log.utf8.count) bytes")
            #expect(log.hasPrefix("1\n") || log.hasPrefix("ready\n"), "\(log.prefix(20))")
        }
        return before.count
    }

    /// The jobs of a disk that have an exit record.
    private func recorded(_ uuids: some Sequence<JobUUID>, on disk: DiskImage) throws -> Set<JobUUID> {
        try disk.mount()
        defer { disk.detach() }
        return Set(try uuids.filter { try DurableFile.read("\(disk.directory)/jobs/\($0).exit") != nil })
    }
}
