import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// `watch --stay`, which remotisan-broker.service runs.
@Suite struct PermanentBrokerTests {
    /// Programs of an installation that a test may replace.
    static func copyPrograms(to directory: String) throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        for program in ["remotisan-fcgi", "remotisan-broker", "remotisan-job", "remotisan-as"] {
            try FileManager.default.copyItem(
                atPath: "\(Places.programs)/\(program)", toPath: "\(directory)/\(program)")
        }
        chmod(directory, 0o755)
    }

    @Test func `a permanent broker watches again and again, in the same process`() async throws {
        try await Installation.run { installation in
            let broker = try installation.spawn(
                [
                    Places.programs + "/remotisan-broker", "watch", "--stay", "--for", "1", "--config",
                    installation.configuration,
                ], output: "broker.log")
            let ann = try await installation.person("ann")
            // Several watches long.
            let uuid = try await ann.start("sleep", "4")
            #expect(try await ann.settled(uuid).status == .completed)
            try await waitUntil("a broker on watch") { installation.isBrokerWatching }
            #expect(broker.ending == nil)
            broker.signal(SIGTERM)
            #expect(try await broker.ended() == .signal(SIGTERM))
        }
    }

    @Test func `after an upgrade a permanent broker goes on as the new program`() async throws {
        let directory = try TemporaryDirectory()
        chmod(directory.path, 0o755)
        let programs = directory.path + "/bin"
        try Self.copyPrograms(to: programs)
        try await Installation.run(programs: programs) { installation in
            let broker = try installation.spawn(
                [
                    programs + "/remotisan-broker", "watch", "--stay", "--for", "2", "--config",
                    installation.configuration,
                ], output: "broker.log")
            try await waitUntil("a broker on watch") { installation.isBrokerWatching }
            // As dpkg does: the new file gets the name of the old one.
            let new = programs + "/new"
            try "#!/bin/sh\necho \"$@\" >'\(installation.work)/upgraded'\n"
                .write(toFile: new, atomically: false, encoding: .utf8)
            chmod(new, 0o755)
            #expect(rename(new, programs + "/remotisan-broker") == 0)
            #expect(try await broker.ended() == .code(0))
            let words = String(decoding: ProcessFacts.read(installation.work + "/upgraded"), as: UTF8.self)
            #expect(words == "watch --stay --for 2 --config \(installation.configuration)\n")
        }
    }

    @Test func `a responder whose file was replaced uses a changed configuration`() async throws {
        let directory = try TemporaryDirectory()
        chmod(directory.path, 0o755)
        let programs = directory.path + "/bin"
        try Self.copyPrograms(to: programs)
        try await Installation.run(programs: programs) { installation in
            let responder = programs + "/remotisan-fcgi"
            try FileManager.default.copyItem(atPath: responder, toPath: responder + ".new")
            #expect(rename(responder + ".new", responder) == 0)
            let yaml = try String(contentsOfFile: installation.configuration, encoding: .utf8)
            try yaml.replacing("\"greet\":", with: "\"welcome\":")
                .write(toFile: installation.configuration, atomically: false, encoding: .utf8)
            let ann = try await installation.person("ann")
            try await waitUntil("the changed configuration") {
                try await ann.get("/commands").text.contains("\"welcome\"")
            }
            _ = try await ann.start("welcome")
        }
    }

    @Test func `watch refuses to stay without a watch`() async throws {
        try await Installation.run { installation in
            let output = try await installation.broker("watch", "--stay", "--for", "0")
            #expect(output.status == 64)
        }
    }
}
