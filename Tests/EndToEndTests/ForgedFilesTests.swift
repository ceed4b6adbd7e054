import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// Files in the storage that a job of the same user has replaced.
@Suite struct ForgedFilesTests {
    /// Replaces a file of a job.
    private enum Trick: String, CaseIterable {
        case fifo, link, directory

        func play(on path: String) {
            unlink(path)
            switch self {
            case .fifo: mkfifo(path, 0o666)
            case .link: symlink("/etc/passwd", path)
            case .directory: mkdir(path, 0o777)
            }
        }
    }

    @Test(arguments: Trick.allCases)
    private func `a FIFO, link or directory in the place of a record hangs nothing and is reported`(
        _ trick: Trick
    ) async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            for kind in ["exit", "pid", "kill", "lock"] {
                let uuid = try await ann.start("sleep", "600")
                let record = try await installation.record(uuid)
                let path = "\(installation.storage)/jobs/\(uuid).\(kind)"
                trick.play(on: path)
                let pass = try await installation.broker("watch", "--for", "0")
                #expect(pass.errors.contains("\(uuid)") || kind == "pid" || kind == "kill", "\(kind): \(pass.errors)")
                #expect(try await ann.get("/execute/\(uuid)?offset=0").status < 600)
                _ = try await ann.get("/history")
                // Another job of the same instance is not held up.
                let other = try await ann.start("ends", "4")
                #expect(try await ann.settled(other).exit_code == 4)
                if trick == .directory { rmdir(path) } else { unlink(path) }
                kill(record.command.pid, SIGKILL)
                kill(record.supervisor.pid, SIGKILL)
            }
        }
    }

    @Test func `a log that is a FIFO or a link is not read`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            for trick in [Trick.fifo, .link] {
                let uuid = try await ann.start("ends", "0")
                _ = try await ann.settled(uuid)
                let log = try installation.files(uuid).log
                trick.play(on: log)
                let answer = try await ann.get("/execute/\(uuid)?offset=0")
                #expect(!answer.text.contains("root:"), "\(answer.text)")
                #expect(try await !ann.get("/execute/\(uuid)").text.contains("root:"))
                #expect(try await !ann.get("/execute/\(uuid)/log").text.contains("root:"))
            }
        }
    }

    @Test(arguments: Trick.allCases)
    private func `a running job whose log is replaced is not held up, and its next log says so`(
        _ trick: Trick
    ) async throws {
        let script =
            "echo ready; until [ -e go ]; do sleep 0.02; done; seq 100000; touch done; "
            + "until [ -e on ]; do sleep 0.02; done; echo end; exit 3"
        let sample = SampleConfiguration(commands: ["talks": "roles: [\"*\"], run: [/bin/sh, -c, \"\(script)\"]"])
        try await Installation.run(.nginx, sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("talks")
            try await installation.untilLogged(uuid, "ready\n")
            let files = try installation.files(uuid)
            for path in [files.log, files.times] { trick.play(on: path) }
            try installation.touch("go")
            // The output is more than the pipe holds.
            try await waitUntil("the output is taken") {
                FileManager.default.fileExists(atPath: installation.work + "/done")
            }
            if trick == .directory { rmdir(files.log) } else { unlink(files.log) }
            try installation.touch("on")
            #expect(try await ann.settled(uuid).exit_code == 3)
            #expect(try installation.log(uuid).hasPrefix("[Someone deleted this log"))
            #expect(try installation.log(uuid).hasSuffix("end\n"))
        }
    }

    @Test func `nginx sends no log through a link`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("argv", "greeting")
            _ = try await ann.settled(uuid)
            #expect(try await ann.get("/execute/\(uuid)/log").text.hasPrefix("greeting"))
            let logs = installation.storage + "/logs"
            rename(logs, installation.work + "/logs")
            symlink(installation.work + "/logs", logs)
            let answer = try await ann.get("/execute/\(uuid)/log")
            #expect(answer.status == 403 || answer.status == 404, "\(answer.status) \(answer.text)")
            #expect(!answer.text.contains("greeting"))
        }
    }

    @Test func `an exit record that a running job has written does not count`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("sleep", "600")
            let record = try await installation.record(uuid)
            let files = try installation.files(uuid)
            func forge() throws {
                try "code 0\nended 1790000000000\nboot \(BootID.current)\n"
                    .write(toFile: files.exit, atomically: true, encoding: .utf8)
                chown(files.exit, ServiceAccount.user, ServiceAccount.group)
            }
            try forge()
            _ = try await installation.broker("watch", "--for", "0")
            #expect(try await ann.row(uuid).status == .running)
            #expect(try await !ann.poll(uuid).isEnded)
            _ = try await ann.kill(uuid)
            let row = try await ann.settled(uuid)
            #expect(row.status == .killed)
            #expect(!ProcessFacts(pid: record.command.pid).isAlive)
        }
    }

    @Test func `a pid record that names processes of others leads no signal to them`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let victim = try await ann.start("sleep", "600")
            let uuid = try await ann.start("sleep", "601")
            let innocent = try await installation.record(victim).command
            let record = try await installation.record(uuid)
            let files = try installation.files(uuid)
            try """
            supervisor \(record.supervisor.pid) \(record.supervisor.startTime)
            command \(innocent.pid) \(innocent.startTime)
            boot \(BootID.current)

            """.write(toFile: files.pid, atomically: true, encoding: .utf8)
            chown(files.pid, ServiceAccount.user, ServiceAccount.group)
            _ = try await ann.kill(uuid)
            #expect(try await ann.settled(uuid).status == .killed)
            #expect(!ProcessFacts(pid: record.command.pid).isAlive)
            #expect(ProcessFacts(pid: innocent.pid).isAlive)
        }
    }
}
