import Foundation
import Testing

@testable import Core

/// The main scenario behind every web server, each with its shipped configuration: run, watch, kill, history.
@Suite struct MainScenarioTests {
    @Test(arguments: WebServer.allCases)
    func `a person sees their commands, runs one, and finds it in the history`(_ web: WebServer) async throws {
        try await Installation.run(web) { installation in
            let ann = try await installation.person("ann")
            let commands = try await ann.get("/commands").json(CommandList.self).commands
            #expect(commands["greet"]?.description == "Greets")
            #expect(commands["deploy"] == nil)

            let uuid = try await ann.start("greet", "'dear world' 😀")
            let (text, last, _) = try await ann.follow(uuid)
            #expect(text == "Hello dear world 😀\n")
            #expect(last.status == 2)
            #expect(last.exit_code == 0)
            let original = try await ann.get("/execute/\(uuid)").text
            #expect(original == #"{"content":["Hello dear world 😀"],"isEnded":true}"#)

            let row = try await ann.settled(uuid)
            #expect(row.status == .completed)
            #expect(row.exit_code == 0)
            #expect(row.user_identifier == "ann")
            #expect(row.command == "greet")
            #expect(row.parameters == "'dear world' 😀")

            let failing = try await ann.start("ends", "7")
            let failed = try await ann.settled(failing)
            #expect(failed.status == .failed)
            #expect(failed.exit_code == 7)

            let refused = try await ann.post("/execute", ["command": "deploy", "params": ""])
            #expect(refused.status == 400)
            #expect(
                refused.text
                    == #"{"code":"start.notAllowed","message":"command 'deploy' not allowed","values":{"command":"deploy"}}"#
            )
        }
    }

    @Test(arguments: WebServer.allCases)
    func `output arrives byte for byte however it is sliced`(_ web: WebServer) async throws {
        try await Installation.run(web) { installation in
            let ann = try await installation.person("ann")
            for shift in 0...3 {
                let bytes = Self.awkward(shift)
                let name = "awkward-\(shift)"
                try Data(bytes).write(to: URL(fileURLWithPath: "\(installation.work)/\(name)"))
                let uuid = try await ann.start("bytes", "\(name) 4093")
                let (text, last, _) = try await ann.follow(uuid)
                let expected = String(decoding: bytes, as: UTF8.self)
                #expect(text.utf8.elementsEqual(expected.utf8), "followed while it ran, shifted by \(shift)")
                #expect(last.size == bytes.count)
                let again = try await ann.follow(uuid)
                #expect(again.text.utf8.elementsEqual(expected.utf8), "read afterwards, shifted by \(shift)")
                // At most 256 KiB. A slice has fewer bytes if JSON escapes make them longer.
                #expect((3...12).contains(again.slices))
            }
        }
    }

    @Test(arguments: WebServer.allCases)
    func `a log can be downloaded whole and in parts`(_ web: WebServer) async throws {
        try await Installation.run(web) { installation in
            let ann = try await installation.person("ann")
            let bytes = Self.awkward(1)
            try Data(bytes).write(to: URL(fileURLWithPath: "\(installation.work)/awkward"))
            let uuid = try await ann.start("bytes", "awkward")
            _ = try await ann.settled(uuid)

            let whole = try await ann.get("/execute/\(uuid)/log?download")
            #expect(whole.status == 200)
            #expect(whole.body == bytes)
            #expect(whole.header("content-type") == "text/plain; charset=utf-8")
            #expect(whole.header("content-disposition") == "attachment; filename=\"\(uuid).log\"")
            #expect(whole.header("x-content-type-options") == "nosniff")
            #expect(whole.header("content-security-policy")?.contains("sandbox") == true)

            let part = try await ann.get("/execute/\(uuid)/log", [("Range", "bytes=262140-262149")])
            #expect(part.status == 206)
            #expect(part.header("content-range") == "bytes 262140-262149/\(bytes.count)")
            #expect(part.body == Array(bytes[262140..<262150]))
            let end = try await ann.get("/execute/\(uuid)/log", [("Range", "bytes=-5")])
            #expect(end.status == 206)
            #expect(end.body == Array(bytes.suffix(5)))
            let beyond = try await ann.get("/execute/\(uuid)/log", [("Range", "bytes=\(bytes.count)-")])
            #expect(beyond.status == 416)
        }
    }

    @Test(arguments: WebServer.allCases)
    func `a kill ends everything that the job has started`(_ web: WebServer) async throws {
        try await Installation.run(web) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("stubborn", "pids")
            let pids = try await installation.pids(in: "pids")
            #expect(pids.count == 2)
            let bob = try await installation.person("bob")
            #expect(try await bob.kill(uuid).status == 401)

            let reply = try await ann.kill(uuid)
            #expect(reply.status == 200)
            #expect(try reply.json([String: String].self) == ["uuid": uuid.description])
            let again = try await ann.kill(uuid)
            #expect(again.status == 409)
            let row = try await ann.settled(uuid)
            #expect(row.status == .killed)
            #expect(row.killed_by == "ann")
            try await installation.untilGone(pids)
            #expect(try await ann.kill(uuid).status == 422)
        }
    }

    /// At least 600 KiB of emoji, broken sequences and plain text. Slices of 256 KiB and 512 KiB cut a character at
    /// each of its bytes.
    static func awkward(_ shift: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: UInt8(ascii: "x"), count: shift)
        let emoji = Array("😀".utf8)
        while bytes.count < 262_144 + 512 { bytes += emoji }
        // Incomplete, stray continuation, overlong, surrogate, illegal.
        let broken: [[UInt8]] = [[0xF0, 0x9F, 0x98], [0x80, 0xBF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xFE, 0xFF]]
        while bytes.count < 524_288 + 512 { for piece in broken { bytes += piece + [UInt8(ascii: "\n")] } }
        while bytes.count < 640_000 { bytes += Array("Žluťoučký kůň 🐎\u{1B}[1m\0\r\n".utf8) }
        return bytes + [0xF0, 0x9F]
    }
}

/// `GET /commands`, as far as the tests need it.
struct CommandList: Decodable {
    struct Entry: Decodable {
        let name: String
        let description: String
    }
    let commands: [String: Entry]
}
