import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// `backup` and `restore`, as an administrator uses them.
@Suite struct BackupCommandTests {
    @Test func `an instance is restored into a new storage and goes on`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let done = try await ann.start("greet", "you")
            _ = try await ann.settled(done)
            let running = try await ann.start("sleep", "600")
            let file = installation.work + "/backup"
            let output = try await installation.broker("backup", file, "--logs")
            #expect(output.status == 0, "\(output.errors)")
            #expect(output.out.contains("checked"))
            #expect(try await installation.broker("backup", file).status == 4)
            #expect(try await installation.broker("backup", file, "--force", "--logs").status == 0)
            let refused = try await installation.broker("restore", file, "--force")
            #expect(refused.status == 4)
            #expect(refused.errors.contains("A responder uses the storage"), "\(refused.errors)")

            await installation.responder?.stop()
            #expect(try await ann.get("/health").status != 200)
            let old = installation.storage + ".old"
            #expect(rename(installation.storage, old) == 0)
            mkdir(installation.storage, 0o750)
            if ServiceAccount.isSeparate { chown(installation.storage, ServiceAccount.user, ServiceAccount.group) }
            let restored = try await installation.broker("restore", file)
            #expect(restored.status == 0, "\(restored.errors)")
            #expect(restored.out.contains("2 executions restored"))
            try installation.startResponder()
            try await installation.untilAnswering()
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            #expect(try await ann.follow(done).text == "Hello you\n")
            // The process with the UUID of the job in its environment lives, so it is not lost.
            #expect(try await ann.row(running).status == .running)
            let again = try await installation.broker("restore", file)
            #expect(again.status == 4)
        }
    }

    @Test func `with PostgreSQL the tools of PostgreSQL are named`() async throws {
        let directory = try TemporaryDirectory()
        let configuration = directory.path + "/remotisan.yaml"
        try "storage: \(directory.path)\ndatabase: postgresql://127.0.0.1:1/x\n".write(
            toFile: configuration, atomically: false, encoding: .utf8)
        for (words, tool) in [(["backup", directory.path + "/b"], "pg_dump"), (["restore", "/x"], "pg_restore")] {
            let process = TestProcess()
            process.executableURL = URL(fileURLWithPath: Places.programs + "/remotisan-broker")
            process.arguments = words + ["--config", configuration]
            #expect(try process.runToEnd().contains(tool))
            #expect(process.terminationStatus == 1)
        }
    }
}
