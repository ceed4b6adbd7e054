import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// The collector of a job with secrets, in trouble. The job ends normally, and no secret appears.
@Suite struct MaskedOutputTests {
    private static let secret = "hunter2-correct-horse"

    private static let sample = SampleConfiguration(commands: [
        "tell": """
        roles: ["*"], run: [\(Places.fixtures)/tell-secret], parameters: [
          { name: way }, { name: password, type: secret, pass: environment, variable: DB_PASSWORD }]
        """
    ])

    private func start(_ way: String, _ visitor: Visitor) async throws -> JobUUID {
        let body = #"{"command":"tell","arguments":{"way":"\#(way)"},"options":{"password":"\#(Self.secret)"}}"#
        let reply = try await visitor.post("/execute", json: Data(body.utf8))
        try #require(reply.status == 200, "\(reply.status) \(reply.text)")
        return try #require(JobUUID(try reply.json([String: String].self)["id"] ?? ""))
    }

    /// No file of the installation contains the secret or its beginning.
    private func expectHidden(_ installation: Installation) throws {
        let files = FileManager.default.enumerator(atPath: installation.directory)?.compactMap { $0 as? String } ?? []
        let begun = Array(Self.secret.utf8.prefix(8))
        let found = files.filter { ProcessFacts.contains(ProcessFacts.read(installation.directory + "/" + $0), begun) }
        #expect(found == [])
    }

    @Test func `a killed collector is replaced, and the output stays masked`() async throws {
        try await Installation.run(.nginx, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await start("wait", ann)
            try await installation.untilLogged(uuid, "ready ***")
            let collector = try await installation.collector(uuid)
            kill(collector, SIGTERM)
            kill(collector, SIGKILL)
            try await installation.untilGone([collector])
            try installation.touch("go")
            let row = try await ann.settled(uuid)
            #expect(row.status == .completed)
            #expect(try installation.log(uuid) == "ready ***\nafter ***\n")
            try expectHidden(installation)
        }
    }

    @Test func `if no process knows the secrets any more, the output is discarded, and the job does not hang`()
        async throws
    {
        try await Installation.run(.nginx, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await start("flood", ann)
            try await installation.untilLogged(uuid, "ready ***")
            let supervisor = try await installation.record(uuid).supervisor
            let command = try await installation.record(uuid).command
            let collector = try await installation.collector(uuid)
            // A running collector would start another one as soon as its supervisor is gone.
            try await installation.stop(collector)
            try installation.signal(supervisor, SIGKILL)
            kill(collector, SIGKILL)
            try await installation.untilGone([collector])
            try installation.touch("go")
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            try await installation.untilLogged(uuid, "OUTPUT LOST: ")
            #expect(try await ann.kill(uuid).status == 200)
            #expect(try await ann.settled(uuid).status == .killed)
            try await installation.untilGone([command.pid])
            #expect(try !installation.log(uuid).contains("flood"))
            try expectHidden(installation)
        }
    }

    @Test func `a log is not said to be incomplete if only the name of its pipe is left`() async throws {
        try await Installation.run(.nginx, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await start("wait", ann)
            try installation.touch("go")
            #expect(try await ann.settled(uuid).status == .completed)
            let files = try installation.files(uuid)
            try await waitUntil("the end of the output") { files.openOutput == nil }
            let log = try installation.log(uuid)
            // As if the disk had failed when the collector removed it.
            #expect(mkfifo(files.maskedOutput, 0o622) == 0)
            if ServiceAccount.isSeparate { chown(files.maskedOutput, ServiceAccount.user, ServiceAccount.group) }
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            try await waitUntil("the removal") { files.openOutput == nil }
            #expect(try installation.log(uuid) == log)
        }
    }

    @Test func `a collector outlives its supervisor, and is not a process of the job`() async throws {
        try await Installation.run(.nginx, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await start("wait", ann)
            try await installation.untilLogged(uuid, "ready ***")
            let collector = try await installation.collector(uuid)
            try installation.signal(try await installation.record(uuid).supervisor, SIGKILL)
            try installation.touch("go")
            try await installation.untilLogged(uuid, "after ***\n")
            try await installation.untilGone([collector])
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            #expect(try await ann.settled(uuid).lost)
            try expectHidden(installation)
        }
    }

    @Test func `a stopped collector continues when the command has ended, and loses nothing`() async throws {
        try await Installation.run(.nginx, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await start("wait", ann)
            try await installation.untilLogged(uuid, "ready ***")
            let collector = try await installation.collector(uuid)
            try await installation.stop(collector)
            try installation.touch("go")
            let row = try await ann.settled(uuid)
            #expect(row.status == .completed)
            #expect(try installation.log(uuid) == "ready ***\nafter ***\n")
            try await installation.untilGone([collector])
            try expectHidden(installation)
        }
    }

    @Test func `a job that hangs on a stopped collector can be killed, and its last output is masked`() async throws {
        try await Installation.run(.nginx, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await start("flood", ann)
            try await installation.untilLogged(uuid, "ready ***\n")
            let collector = try await installation.collector(uuid)
            let command = try await installation.record(uuid).command.pid
            try await installation.stop(collector)
            try installation.touch("go")
            // Occurrences of secrets.
            try await waitUntil("a full pipe") { access(installation.work + "/full", F_OK) == 0 }
            #expect(try await ann.kill(uuid).status == 200)
            let row = try await ann.settled(uuid)
            #expect(row.status == .killed)
            try await installation.untilGone([collector, command])
            let log = try installation.log(uuid)
            #expect(log.hasPrefix("ready ***\n"), "\(log.prefix(200))")
            #expect(log.contains("PROCESS KILLED BY ann AT "), "\(log.prefix(200))")
            #expect(log.contains("flood *** flood ***"), "\(log.suffix(200))")
            #expect(!log.contains("OUTPUT LOST"))
            try expectHidden(installation)
        }
    }

    @Test(.enabled(if: SmallDisk.isPossible, "a file system cannot be mounted here"))
    func `on a full disk the end is recorded, and the log reports its gap as soon as there is space`() async throws {
        try await Installation.run(.nginx, Self.sample, diskBytes: 4 << 20) { installation in
            let disk = try #require(installation.disk)
            let ann = try await installation.person("ann")
            let uuid = try await start("wait-long", ann)
            try await installation.untilLogged(uuid, "ready ***\n")
            let collector = try await installation.collector(uuid)
            let supervisor = try await installation.record(uuid).supervisor
            try disk.fill()
            try installation.touch("go")
            let files = try installation.files(uuid)
            try await waitUntil("the exit record") { try files.exitRecord()?.outcome == .code(0) }
            try await installation.untilGone([supervisor.pid])
            let poll = try await ann.poll(uuid)
            #expect(poll.isEnded)
            #expect(poll.exit_code == 0)
            try expectHidden(installation)

            disk.free()
            try await installation.untilLogged(uuid, " bytes could not be written to this log.]\n")
            try await installation.untilGone([collector])
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            #expect(try await ann.row(uuid).status == .completed)
            try expectHidden(installation)
        }
    }
}
