import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// A broker on watch keeps output whose supervisor and collector were ended at once.
@Suite struct HeldOutputTests {
    private static func sample(_ script: String) -> SampleConfiguration {
        SampleConfiguration(commands: ["script": "roles: [\"*\"], run: [sh, -c, '\(script)']"])
    }

    /// Waits until a broker has both pipes of a job open.
    private func untilHeld(_ uuid: JobUUID, by broker: SpawnedProcess, _ installation: Installation) async throws {
        let files = try installation.files(uuid)
        try await waitUntil("the broker holds the output") {
            let open = ProcessFacts(pid: broker.pid).descriptors.values
            return open.contains(files.output) && open.contains(files.heldOutput)
        }
    }

    @Test func `output of a command that has ended outlives its supervisor and its collector`() async throws {
        let script = "echo one; until [ -e go ]; do sleep 0.05; done; seq 0 9999; touch done"
        try await Installation.run(.nginx, Self.sample(script)) { installation in
            let broker = try await installation.startBroker()
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("script")
            try await installation.untilLogged(uuid, "one\n")
            let record = try await installation.record(uuid)
            let collector = try await installation.collector(uuid)
            try await untilHeld(uuid, by: broker, installation)
            // The broker, too: it continues a stopped supervisor as soon as the command has ended.
            for pid in [broker.pid, record.supervisor.pid, collector] { try await installation.stop(pid) }
            try installation.touch("go")
            try await waitUntil("the output is in the FIFO") { access(installation.work + "/done", F_OK) == 0 }
            try installation.signal(record.supervisor, SIGKILL)
            kill(collector, SIGKILL)
            kill(broker.pid, SIGCONT)
            #expect(try await ann.settled(uuid).lost)
            try await installation.untilLogged(uuid, "LOST: ")
            let log = try installation.log(uuid)
            #expect(log.hasPrefix("one\n" + (0...9999).map { "\($0)\n" }.joined() + "LOST: "), "\(log.suffix(200))")
            #expect(installation.jobFiles.allSatisfy { !$0.hasSuffix(".out") && !$0.hasSuffix(".held") })
        }
    }

    @Test func `output on its way to the log outlives supervisor and collector if a broker runs`() async throws {
        let script = "i=0; while [ ! -e go ]; do echo $i; i=$((i+1)); done"
        try await Installation.run(.nginx, Self.sample(script)) { installation in
            let broker = try await installation.startBroker()
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("script")
            let record = try await installation.record(uuid)
            let log = try installation.files(uuid).log
            try await untilHeld(uuid, by: broker, installation)
            for round in 0..<10 {
                let supervisors = ProcessTable.isAlive(record.supervisor) ? [record.supervisor.pid] : []
                let ours = try installation.collectors(uuid) + supervisors
                // Stopped first, so that none of them starts another before it is killed.
                for pid in ours { kill(pid, SIGSTOP) }
                for pid in ours { kill(pid, SIGKILL) }
                let size = FileStatus(ofPath: log)?.size ?? 0
                try await waitUntil("more output after round \(round)") {
                    try installation.collectors(uuid).count == 2 && FileStatus(ofPath: log)?.size ?? 0 > size
                }
            }
            try installation.touch("go")
            try await installation.untilLogged(uuid, "LOST: ")
            let lines = try installation.log(uuid).prefix { $0 != "L" }.split(separator: "\n")
            #expect(lines.count > 1000)
            #expect(lines.enumerated().allSatisfy { $0.element == "\($0.offset)" })
        }
    }
}
