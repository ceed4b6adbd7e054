import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// Two storages with one UUID on one store, as after cloning a machine.
@Suite struct CopiedStorageTests {
    @Test func `the copy does nothing and reports it, until it has a UUID of its own`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let running = try await ann.start("sleep", "600")
            let broker = try await installation.startBroker()
            try await waitUntil("the registration") {
                try await installation.broker("instances").out.contains("alive, this one")
            }
            let copy = installation.directory + "/copy"
            try Self.copy(installation, to: copy)
            let configuration = installation.directory + "/copy.yaml"
            try String(contentsOfFile: installation.configuration, encoding: .utf8)
                .replacing("storage: \(installation.storage)", with: "storage: \(copy)")
                .write(toFile: configuration, atomically: false, encoding: .utf8)

            let socket = installation.directory + "/copy.sock"
            let responder = try installation.spawn(
                [Places.programs + "/remotisan-fcgi", "--config", configuration, "--listen", "unix:" + socket],
                output: "copy.log")
            try await waitUntil("the responder of the copy") { access(socket, F_OK) == 0 }
            for path in ["/remotisan/health", "/remotisan/commands", "/remotisan/history"] {
                let answer = try await Self.get(path, socket, installation)
                #expect(answer.contains("503"), "\(answer)")
                #expect(answer.contains("instances renew"), "\(answer)")
            }
            for words in [
                ["watch", "--for", "0"], ["settle", running.description], ["kill", running.description],
                ["purge", "--older-than", "1s"],
            ] {
                let output = try await installation.broker(words + ["--config", configuration])
                #expect(output.errors.contains("is a copy"), "\(words): \(output.errors)")
            }
            #expect(try await ann.row(running).status == .running)
            #expect(try await ann.get("/health").status == 200)

            let renewed = try await installation.broker("instances", "renew", "--config", configuration)
            #expect(renewed.status == 0, "\(renewed.errors)")
            try await waitUntil("the copy answers") {
                try await Self.get("/remotisan/health", socket, installation).contains("200 OK")
            }
            #expect(try await installation.broker("watch", "--for", "0", "--config", configuration).errors == "")
            #expect(try await ann.row(running).status == .running)
            #expect(try await installation.broker("instances").out.split(separator: "\n").count == 2)
            #expect(try await installation.broker("instances", "renew").status == 4, "The original is no copy.")
            #expect(broker.ending == nil)
            #expect(responder.ending == nil)
        }
    }

    private static func copy(_ installation: Installation, to copy: String) throws {
        let manager = FileManager.default
        mkdir(copy, 0o750)
        for name in ["remotisan_server_guid", "secret"] {
            try manager.copyItem(atPath: "\(installation.storage)/\(name)", toPath: "\(copy)/\(name)")
            if ServiceAccount.isSeparate { chown("\(copy)/\(name)", ServiceAccount.user, ServiceAccount.group) }
        }
        if ServiceAccount.isSeparate { chown(copy, ServiceAccount.user, ServiceAccount.group) }
        try manager.createSymbolicLink(
            atPath: copy + "/remotisan.sqlite", withDestinationPath: installation.storage + "/remotisan.sqlite")
    }

    private static func get(_ path: String, _ socket: String, _ installation: Installation) async throws -> String {
        let name = "answer-\(UInt32.random(in: 0 ... .max))"
        let process = try installation.spawn(
            [Places.fixtures + "/fastcgi-get", socket, path, "carol"], output: name, errors: name + ".errors")
        _ = try await process.ended()
        return String(decoding: ProcessFacts.read("\(installation.directory)/\(name)"), as: UTF8.self)
    }
}
