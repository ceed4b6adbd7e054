import Foundation
import TestSupport
import Testing

@testable import Core

/// Logs of commands that do not print UTF-8.
@Suite struct EncodingTests {
    @Test func `a log in ISO 8859-1 is read in it everywhere, and its bytes stay`() async throws {
        let sample = SampleConfiguration(commands: [
            "legacy": """
            roles: ["*"], run: [sh, -c, 'printf "Gr\\374\\337e\\n"; until [ -e go ]; do sleep 0.05; done'], encoding: iso-8859-1
            """
        ])
        let bytes = Array("Gr".utf8) + [0xFC, 0xDF] + Array("e\n".utf8)
        try await Installation.run(.nginx, sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("legacy")
            try await installation.untilLogged(uuid, "e\n")
            let poll = try await ann.poll(uuid)
            #expect(poll.text == "Grüße\n")
            #expect(poll.next_offset == 6)
            #expect(try await ann.poll(uuid, from: 3).text == "ße\n")

            let killed = try await installation.broker("kill", "\(uuid)", "--by", "Jörg")
            #expect(killed.status == 0, "\(killed.errors)")
            #expect(try await ann.settled(uuid).status == .killed)
            let text = try await ann.follow(uuid).text
            #expect(text.hasPrefix("Grüße\nPROCESS KILLED BY Jörg AT "), "\(text)")

            #expect(try await installation.broker("log", "\(uuid)").out == text)
            let times = try await installation.broker("log", "\(uuid)", "--times").out
            #expect(times.contains("Z  Grüße\n"), "\(times)")
            #expect(!(try await installation.broker("log", "\(uuid)", "--raw").out.contains("Grüße")))
            let download = try await ann.get("/execute/\(uuid)/log?download")
            #expect(download.header("content-type") == "text/plain; charset=iso-8859-1")
            #expect(Array(download.body.prefix(6)) == bytes)
            #expect(ProcessFacts.read(try installation.files(uuid).log) == download.body)
        }
    }
}
