import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// The findings of `doctor` for healthy and broken installations.
@Suite struct DoctorTests {
    /// An installation whose web server and cron files are in a directory like /etc.
    private func run(
        _ sample: SampleConfiguration = SampleConfiguration(), _ body: (Installation, String) async throws -> Void
    ) async throws {
        try await Installation.run(.nginx, sample) { installation in
            let etc = installation.directory + "/etc"
            let manager = FileManager.default
            try manager.createDirectory(atPath: etc + "/cron.d", withIntermediateDirectories: true)
            try manager.copyItem(atPath: Places.repository + "/cron/remotisan", toPath: etc + "/cron.d/remotisan")
            try manager.createDirectory(atPath: etc + "/nginx", withIntermediateDirectories: true)
            try manager.copyItem(
                atPath: installation.directory + "/server/nginx.conf", toPath: etc + "/nginx/nginx.conf")
            chmod(installation.storage, 0o750)
            try await body(installation, etc)
        }
    }

    private func doctor(_ installation: Installation, _ etc: String) async throws -> Installation.Output {
        try await installation.broker("doctor", "--etc", etc, "--socket", installation.socket)
    }

    @Test func `a healthy installation has no problem`() async throws {
        try await run { installation, etc in
            let between = try await doctor(installation, etc)
            #expect(between.status == 0, "\(between.out)\(between.errors)")
            _ = try await installation.startBroker()
            let output = try await doctor(installation, etc)
            #expect(output.status == 0, "\(output.out)\(output.errors)")
            for line in ["ok       broker: is watching.", "ok       socket: ", "ok       nginx, ", "ok       store: "] {
                #expect(output.out.contains(line), "\(line): \(output.out)")
            }
            #expect(!output.out.contains("\nproblem"))
        }
    }

    @Test func `problems of the web server, cron and the storage are reported`() async throws {
        try await run { installation, etc in
            let site = installation.directory + "/server/remotisan.location.conf"
            let text = try String(contentsOfFile: site, encoding: .utf8)
                .replacing("fastcgi_keep_conn off", with: "fastcgi_keep_conn on")
                .replacing("fastcgi_param REMOTISAN_USER    $remotisan_user;", with: "")
            try text.write(toFile: site, atomically: false, encoding: .utf8)
            unlink(etc + "/cron.d/remotisan")
            chmod(installation.storage + "/secret", 0o644)
            await installation.responder?.stop()
            let output = try await doctor(installation, etc)
            #expect(output.status == 1)
            let expected = [
                "problem  socket: ", "problem  storage: ", "other users may read",
                "problem  broker: nothing starts",
                "REMOTISAN_USER is not set", "fastcgi_keep_conn is on",
            ]
            for words in expected { #expect(output.out.contains(words), "\(words): \(output.out)") }
        }
    }

    @Test func `consoles, choice programs and a kill list that do not answer are reported`() async throws {
        let port = Ports.take()
        var sample = SampleConfiguration(commands: [
            "gone": "roles: [\"*\"], run: [/no/such/program]",
            "choose": """
            roles: ["*"], run: [echo], parameters: [{ name: a, type: choice, choices_from: [sh, -c, 'exit 3'] }]
            """,
        ])
        sample.top += "\nkill_list: redis://127.0.0.1:\(port)"
        try await run(sample) { installation, etc in
            #expect(try await installation.broker("refresh").status == 1)
            let output = try await doctor(installation, etc)
            #expect(output.status == 1)
            let expected = [
                "the program /no/such/program does not exist", "problem  kill list: ",
                "problem  choices of sh -c exit 3 in ", "exit code 3",
            ]
            for words in expected { #expect(output.out.contains(words), "\(words): \(output.out)") }
        }
    }

    @Test func `an invalid configuration and a missing storage are reported, and nothing is created`()
        async throws
    {
        try await run { installation, etc in
            let table = installation.directory + "/other.yaml"
            try "storage: \(installation.work)/none\n".write(toFile: table, atomically: false, encoding: .utf8)
            let missing = try await installation.broker("doctor", "--etc", etc, "--config", table)
            #expect(missing.status == 1)
            #expect(missing.out.contains("/none does not exist"), "\(missing.out)")
            #expect(access(installation.work + "/none", F_OK) != 0)
            try "stroage: /x\n".write(toFile: table, atomically: false, encoding: .utf8)
            let wrong = try await installation.broker("doctor", "--etc", etc, "--config", table)
            #expect(wrong.status == 1)
            #expect(wrong.out.contains("problem  configuration: ") && wrong.out.contains("Did you mean storage?"))
        }
    }
}
