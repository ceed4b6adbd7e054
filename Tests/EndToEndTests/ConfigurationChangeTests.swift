import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// A configuration that is edited while responder, broker and jobs run.
@Suite struct ConfigurationChangeTests {
    /// Adds lines behind a command of the sample, or replaces a text.
    private func edit(_ installation: Installation, _ old: String, _ new: String) throws {
        let text = try String(contentsOfFile: installation.configuration, encoding: .utf8)
        try #require(text.contains(old), "\(old)")
        try text.replacing(old, with: new).write(toFile: installation.configuration, atomically: false, encoding: .utf8)
    }

    private func addCommand(_ name: String, to installation: Installation) throws {
        try edit(
            installation, "  allowed:\n", "  allowed:\n    \"\(name)\": { roles: [\"*\"], run: [echo, \(name)] }\n")
    }

    private func health(_ installation: Installation) async throws -> String {
        try await installation.send(HTTPRequest(target: "/remotisan/health", headers: [Visitor.basic("ann")])).text
    }

    private func untilListed(_ name: String, _ visitor: Visitor) async throws {
        try await waitUntil("the command \(name)") { try await visitor.get("/commands").text.contains("\"\(name)\"") }
    }

    @Test func `a new command can be run without a restart, and running jobs go on`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let running = try await ann.start("await", "go")
            let responder = try #require(installation.responder)
            try addCommand("fresh", to: installation)
            try await untilListed("fresh", ann)
            let uuid = try await ann.start("fresh")
            #expect(try await ann.follow(uuid).text == "fresh\n")
            // The broker uses what the responder has accepted.
            #expect(try await installation.broker("commands").out.contains("fresh"))
            #expect(responder.ending == nil)
            try installation.touch("go")
            #expect(try await ann.settled(running).status == .completed)
        }
    }

    @Test func `an invalid file changes nothing, is reported everywhere, and survives a restart`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let good = try String(contentsOfFile: installation.configuration, encoding: .utf8)
            try (good + "colour: green\n").write(
                toFile: installation.configuration, atomically: false, encoding: .utf8)
            try await waitUntil("the report of /health") {
                try await health(installation).contains(#""configuration":"not in use""#)
            }
            let uuid = try await ann.start("greet", "you")
            #expect(try await ann.follow(uuid).text == "Hello you\n")
            let log = ProcessFacts.read(installation.directory + "/responder.log")
            #expect(ProcessFacts.contains(log, Array("colour".utf8)))
            let listed = try await installation.broker("commands")
            #expect(listed.status == 0)
            #expect(listed.errors.contains("colour"))
            let doctor = try await installation.broker("doctor", "--socket", installation.socket)
            #expect(doctor.status == 1)
            #expect(doctor.out.contains("colour"))
            #expect(doctor.out.contains("The programs use the configuration of"))

            await installation.responder?.stop()
            try installation.startResponder()
            try await installation.untilAnswering()
            #expect(try await health(installation).contains("not in use"))
            let killed = try await ann.start("sleep", "600")
            #expect(try await ann.kill(killed).status == 200)
            #expect(try await ann.settled(killed).status == .killed)

            try good.write(toFile: installation.configuration, atomically: false, encoding: .utf8)
            try await waitUntil("the end of the report") {
                try await !health(installation).contains("configuration")
            }
        }
    }

    @Test(arguments: ["", "storage: "]) func `a truncated file changes nothing`(_ text: String) async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let good = try String(contentsOfFile: installation.configuration, encoding: .utf8)
            try text.write(toFile: installation.configuration, atomically: false, encoding: .utf8)
            try await waitUntil("the report of /health") {
                try await health(installation).contains("not in use")
            }
            _ = try await ann.start("greet")
            try good.write(toFile: installation.configuration, atomically: false, encoding: .utf8)
            try await waitUntil("the end of the report") { try await !health(installation).contains("configuration") }
        }
    }

    @Test func `SIGHUP reads the file at once and ends nothing`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let responder = try #require(installation.responder)
            for number in 0..<3 {
                try addCommand("fresh\(number)", to: installation)
                responder.signal(SIGHUP)
                try await untilListed("fresh\(number)", ann)
            }
            #expect(responder.ending == nil)
        }
    }

    @Test func `SIGHUP does not end a responder that starts`() async throws {
        try await Installation.run { installation in
            await installation.responder?.stop()
            try installation.startResponder()
            try await waitUntil("the socket") { access(installation.socket, F_OK) == 0 }
            try #require(installation.responder).signal(SIGHUP)
            try await installation.untilAnswering()
        }
    }

    @Test func `a broker on watch uses a changed timeout for jobs that run`() async throws {
        try await Installation.run { installation in
            let broker = try await installation.startBroker()
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("sleep", "600")
            try edit(installation, "run: [sleep]", "run: [sleep], timeout: 1s")
            let row = try await ann.settled(uuid)
            #expect(row.timed_out)
            #expect(broker.ending == nil)
        }
    }

    @Test func `a key that needs a restart holds the whole file back until then`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            try addCommand("fresh", to: installation)
            try edit(installation, "super_users:", "logger: { path: \(installation.work)/logs }\nsuper_users:")
            try await waitUntil("the report of /health") { try await health(installation).contains("not in use") }
            #expect(try await !ann.get("/commands").text.contains("fresh"))
            let log = ProcessFacts.read(installation.directory + "/responder.log")
            #expect(ProcessFacts.contains(log, Array("logger.path cannot change".utf8)))
            // The broker does not use it either.
            let uuid = try await ann.start("sleep", "600")
            #expect(try await ann.kill(uuid).status == 200)
            #expect(try await ann.settled(uuid).status == .killed)

            await installation.responder?.stop()
            try installation.startResponder()
            try await installation.untilAnswering()
            #expect(try await ann.get("/commands").text.contains("fresh"))
            #expect(try await !health(installation).contains("configuration"))
        }
    }

    @Test func `a CGI program keeps the earlier configuration while the file is invalid`() async throws {
        try await Installation.run(.apacheCGI) { installation in
            let ann = try await installation.person("ann")
            _ = try await ann.start("greet")
            let good = try String(contentsOfFile: installation.configuration, encoding: .utf8)
            for text in [good + "colour: green\n", "storage: \(installation.storage)\nroles: ["] {
                try text.write(toFile: installation.configuration, atomically: false, encoding: .utf8)
                let reply = try await ann.get("/commands")
                #expect(reply.status == 200)
                #expect(reply.text.contains("greet"))
                #expect(try await health(installation).contains("not in use"))
            }
            try good.write(toFile: installation.configuration, atomically: false, encoding: .utf8)
            try await waitUntil("the end of the report") { try await !health(installation).contains("configuration") }
        }
    }

    @Test func `check --diff says what would change for whom`() async throws {
        try await Installation.run { installation in
            #expect(try await installation.broker("check", "--diff").out.contains("Nothing changes."))
            let edited = installation.directory + "/edited.yaml"
            try String(contentsOfFile: installation.configuration, encoding: .utf8)
                .replacing("groups: [devops]", with: "groups: [support]")
                .write(toFile: edited, atomically: false, encoding: .utf8)
            let output = try await installation.broker(
                "check", "--against", installation.configuration, "--config", edited)
            #expect(output.status == 0)
            for line in [
                "change: role DEV_OPS: groups +support, groups -devops.", "change: group support: gains deploy.",
            ] {
                #expect(output.out.contains(line), "\(output.out)")
            }
        }
    }
}
