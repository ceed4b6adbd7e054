import CSystem
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// The process that replaces a supervisor which was ended.
@Suite struct GuardTests {
    /// Takes the lock that a broker takes for a moment, to learn whether an output has a collector, until others have
    /// tried twice.
    private static func lockForAMoment(_ path: String, _ begin: () -> Void) async throws {
        let output = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK)
        let lock = output.number
        try await waitUntil("the lock of the collector") { system_try_flock(lock, true) == 0 }
        let opened = Descriptor(owning: inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC)))
        let news = opened.number
        #expect(inotify_add_watch(news, path, UInt32(IN_OPEN)) >= 0)
        begin()
        for attempt in 1...2 {
            try await waitUntil("attempt \(attempt)") {
                var event = [UInt8](repeating: 0, count: MemoryLayout<inotify_event>.size)
                return read(news, &event, event.count) > 0
            }
        }
    }

    @Test func `a guard that finds the output locked for a moment tries again`() async throws {
        let script = "i=0; while [ ! -e go ]; do echo $i; i=$((i+1)); done"
        let sample = SampleConfiguration(commands: ["count": "roles: [\"*\"], run: [sh, -c, '\(script)']"])
        try await Installation.run(.nginx, sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("count")
            let files = try installation.files(uuid)
            let record = try await installation.record(uuid)
            let first = try #require(try installation.collectors(uuid).first)
            try installation.signal(record.supervisor, SIGKILL)
            // The collector becomes the guard, and starts the next collector.
            let guarding = first
            let collector = try await waitFor("a collector under a guard") {
                try installation.collectors(uuid).first { ProcessTable().entries[$0]?.parent == guarding }
            }

            kill(guarding, SIGSTOP)
            kill(collector, SIGKILL)
            try await Self.lockForAMoment(files.output) { kill(guarding, SIGCONT) }

            let size = FileStatus(ofPath: files.log)?.size ?? 0
            try await waitUntil("more output") { FileStatus(ofPath: files.log)?.size ?? 0 > size }
            #expect(ProcessTable.isAlive(record.command))
            try installation.touch("go")
            try await waitUntil("the end of the output") { files.openOutput == nil }
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            #expect(try await ann.settled(uuid).lost)
        }
    }
}
