import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// Programs that root starts.
@Suite(.enabled(if: ServiceAccount.isSeparate, "only root can become another user"))
struct RootTests {
    /// The files in the storage that belong to root.
    private func filesOfRoot(_ installation: Installation) throws -> [String] {
        let all = FileManager.default.enumerator(atPath: installation.storage)?.compactMap { $0 as? String } ?? []
        return all.filter { FileStatus(ofPath: "\(installation.storage)/\($0)")?.owner == 0 }
    }

    private func asRoot(_ installation: Installation, _ words: [String]) async throws -> Installation.Output {
        let files = ["out", "err"].map { "root-\(UInt32.random(in: 0 ... .max)).\($0)" }
        let process = try installation.spawn(
            [Places.programs + "/remotisan-broker"] + words + ["--config", installation.configuration],
            output: files[0], errors: files[1], asService: false)
        guard case .code(let status) = try await process.ended(limit: .seconds(60)) else {
            throw ProcessEndedError(what: "The broker", ending: try await process.ended())
        }
        let texts = files.map { String(decoding: ProcessFacts.read("\(installation.directory)/\($0)"), as: UTF8.self) }
        return .init(status: status, out: texts[0], errors: texts[1])
    }

    /// Waits for a responder that the test has started itself.
    private func untilAnswering(_ installation: Installation) async throws {
        let request = HTTPRequest(target: "/remotisan/health", headers: [Visitor.basic("ann")])
        try await waitUntil("the responder answers") { (try? await installation.send(request))?.status == 200 }
    }

    @Test(arguments: ["--listen", "spawn-fcgi"])
    func `a responder that root starts becomes the owner of the storage`(_ way: String) async throws {
        let sample = SampleConfiguration(commands: ["who": "roles: [\"*\"], run: [id, -un]"])
        try await Installation.run(.nginx, sample) { installation in
            await installation.responder?.stop()
            unlink(installation.socket)
            let program = [Places.programs + "/remotisan-fcgi", "--config", installation.configuration]
            let command =
                way == "spawn-fcgi"
                ? ["/usr/bin/spawn-fcgi", "-n", "-s", installation.socket, "-M", "0666", "--"] + program
                : program + ["--listen", "unix:" + installation.socket]
            let responder = try installation.spawn(command, output: "responder.log", asService: false)
            try await untilAnswering(installation)
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("who")
            #expect(try await ann.follow(uuid).text == "\(ServiceAccount.name)\n")
            let killed = try await ann.start("sleep", "600")
            #expect(try await ann.kill(killed).status == 200)
            #expect(try await ann.settled(killed).status == .killed)
            #expect(try filesOfRoot(installation).isEmpty)
            await responder.stop()
        }
    }

    @Test func `doctor finds a configuration that only root may read`() async throws {
        try await Installation.run { installation in
            #expect(chown(installation.configuration, 0, 0) == 0 && chmod(installation.configuration, 0o600) == 0)
            let output = try await asRoot(installation, ["doctor", "--socket", installation.socket])
            #expect(output.status == 1)
            let expected = "problem  configuration: \(installation.configuration): \(ServiceAccount.name), who runs"
            #expect(output.out.contains(expected), "\(output.out)")
        }
    }

    @Test func `doctor finds a replaced program and a file of passwords that nginx cannot read`() async throws {
        let directory = try TemporaryDirectory()
        chmod(directory.path, 0o755)
        let programs = directory.path + "/bin"
        try PermanentBrokerTests.copyPrograms(to: programs)
        try await Installation.run(programs: programs) { installation in
            let etc = installation.directory + "/etc"
            try FileManager.default.createDirectory(atPath: etc + "/nginx", withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: installation.directory + "/server/nginx.conf", toPath: etc + "/nginx/nginx.conf")
            let words = ["doctor", "--socket", installation.socket, "--etc", etc]
            let healthy = try await asRoot(installation, words).out
            #expect(!healthy.contains("  responder: ") && !healthy.contains("file of passwords"), "\(healthy)")

            let responder = programs + "/remotisan-fcgi"
            try FileManager.default.copyItem(atPath: responder, toPath: responder + ".new")
            #expect(rename(responder + ".new", responder) == 0)
            let passwords = installation.directory + "/server/htpasswd"
            #expect(chown(passwords, 0, 0) == 0 && chmod(passwords, 0o600) == 0)
            let output = try await asRoot(installation, words).out
            let pid = try #require(installation.responder?.pid)
            #expect(
                output.contains(
                    "warning  responder: process \(pid) runs a program that was replaced since it started."),
                "\(output)")
            #expect(output.contains("nginx's user may not read the file of passwords \(passwords)"), "\(output)")
        }
    }

    @Test func `check tries programs with the rights of the service, and not with those of root`() async throws {
        let sample = SampleConfiguration(commands: ["own": "roles: [\"*\"], run: [./only-root]"])
        try await Installation.run(.nginx, sample) { installation in
            let program = installation.work + "/only-root"
            try Data("#!/bin/sh\n".utf8).write(to: URL(fileURLWithPath: program))
            #expect(chown(program, 0, 0) == 0 && chmod(program, 0o700) == 0)
            let closed = try await asRoot(installation, ["check"])
            #expect(
                closed.out.contains("own: the program ./only-root does not exist or is not executable."), "\(closed)")
            #expect(chmod(program, 0o755) == 0)
            #expect(try await !asRoot(installation, ["check"]).out.contains("only-root"))
        }
    }

    @Test func `a user who may not use the storage learns who owns it`() async throws {
        try await Installation.run { installation in
            await installation.responder?.stop()
            let other = try #require(Account(named: "daemon"))
            let owner = try #require(FileStatus(ofPath: installation.storage)?.owner)
            #expect(chown(installation.storage, other.uid, other.group) == 0 && chmod(installation.storage, 0o700) == 0)
            defer { chown(installation.storage, owner, gid_t.max) }
            let output = try await installation.broker("history")
            #expect(output.status == 1)
            #expect(output.errors.contains("Its owner is daemon. Run this program as that user or as root."))
        }
    }

    @Test func `a responder of root refuses a storage that does not exist`() async throws {
        let directory = try TemporaryDirectory()
        let configuration = directory.path + "/remotisan.yaml"
        try "storage: \(directory.path)/storage\n".write(toFile: configuration, atomically: false, encoding: .utf8)
        let process = TestProcess()
        process.executableURL = URL(fileURLWithPath: Places.programs + "/remotisan-fcgi")
        process.arguments = ["--config", configuration, "--listen", "unix:\(directory.path)/s"]
        let output = try process.runToEnd()
        #expect(process.terminationStatus == 1)
        #expect(output.contains("install -d -o www-data"), "\(output)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["remotisan.yaml"])
    }

    @Test(arguments: ["remotisan-fcgi", "remotisan-broker"])
    func `a program where the owner of the storage may not enter names the directory`(_ name: String) throws {
        let directory = try TemporaryDirectory()
        let (closed, storage) = (directory.path + "/closed", directory.path + "/storage")
        try PermanentBrokerTests.copyPrograms(to: closed + "/bin")
        #expect(chmod(directory.path, 0o755) == 0 && chmod(closed, 0o700) == 0 && mkdir(storage, 0o750) == 0)
        #expect(chown(storage, ServiceAccount.user, ServiceAccount.group) == 0)
        let configuration = directory.path + "/remotisan.yaml"
        try "storage: \(storage)\n".write(toFile: configuration, atomically: false, encoding: .utf8)
        func run(_ program: String, _ words: [String]) throws -> (status: Int32, output: String) {
            let process = TestProcess()
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = words + ["--config", configuration]
            let output = try process.runToEnd()
            return (process.terminationStatus, output)
        }
        // A broker does not create a storage by itself.
        try #require(try run(Places.programs + "/remotisan-broker", ["migrate"]).status == 0)
        let words = name == "remotisan-fcgi" ? ["--listen", "unix:\(directory.path)/s"] : ["watch", "--for", "0"]
        let (status, output) = try run("\(closed)/bin/\(name)", words)
        #expect(status == 1)
        #expect(
            output.contains(
                "\(ServiceAccount.name), who runs this program, may not enter \(closed), and the program is below it."),
            "\(output)")
    }

    @Test func `no subcommand that root runs leaves files of root in the storage`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let done = try await ann.start("greet")
            _ = try await ann.settled(done)
            let running = try await ann.start("sleep", "600")
            let backup = installation.directory + "/root.backup"
            let all = [
                ["migrate"], ["watch", "--for", "1"], ["settle", done.description], ["log", done.description],
                ["history"], ["history", "--refused"], ["commands"], ["check"], ["check", "--diff"], ["refresh"],
                ["token", "create", "--user", "x", "--role", "SUPPORT"], ["token", "list"], ["token", "revoke", "1"],
                ["instances"], ["instances", "close", "x"], ["instances", "renew"],
                ["doctor", "--socket", installation.socket],
                ["export", "nginx", installation.directory + "/exported"], ["backup", backup, "--logs"],
                ["restore", backup], ["kill", running.description], ["purge", "--older-than", "1d"],
            ]
            for words in all {
                _ = try await asRoot(installation, words)
                let found = try filesOfRoot(installation)
                #expect(found.isEmpty, "\(words): \(found)")
            }
            #expect(access(backup, F_OK) == 0)
            await installation.responder?.stop()
            #expect(try await asRoot(installation, ["restore", backup, "--force"]).status == 0)
            #expect(try filesOfRoot(installation).isEmpty)
            try installation.startResponder()
            try await installation.untilAnswering()
        }
    }
}
