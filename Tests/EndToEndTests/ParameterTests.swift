import Foundation
import Glibc
import Testing

@testable import Core

/// Values that a shell would interpret, passed to a program that prints its arguments.
@Suite struct ParameterTests {
    private static let hostile = [
        "$(touch X)", "`touch X`", ";touch X", "&& touch X", "| touch X", "*", "~", "--env=x", "@file", "-", "a b", "'",
        "\"",
        "\\", "\u{301}é", "%0A", "${IFS}",
    ]

    private static let parameters = """
        end_of_options: true, parameters: [
          { name: text, option: --text }, { name: word, option: -w, separate: true },
          { name: lines, option: --lines, multiline: true }, { name: number, type: integer, option: --number },
          { name: day, type: date, option: --day }, { name: host, type: host, option: --host },
          { name: mail, type: email, option: --mail }, { name: data, type: json, option: --data },
          { name: kind, type: choice, choices: [a, b], option: --kind }, { name: part, type: decimal, option: --part },
          { name: hour, type: time, option: --hour }, { name: file, type: path, below: /usr/share, option: --file },
          { name: switch, type: flag, option: --switch }, { name: rest, repeated: true }]
        """

    private static let names = [
        "text", "word", "lines", "number", "day", "host", "mail", "data", "kind", "part", "hour", "file", "switch",
    ]

    private func run(_ body: (Installation, Visitor) async throws -> Void) async throws {
        let entry = "roles: [\"*\"], run: [\(Places.fixtures)/print-argv], \(Self.parameters)"
        try await Installation.run(.nginx, SampleConfiguration(commands: ["typed": entry])) { installation in
            try await body(installation, try await installation.person("ann"))
        }
    }

    private struct Body: Encodable {
        let command = "typed"
        var arguments: [String: [String]] = [:]
        var options: [String: String] = [:]
    }

    private func send(_ visitor: Visitor, _ body: Body, to path: String = "/execute") async throws -> HTTPReply {
        try await visitor.post(path, json: try JSONEncoder().encode(body))
    }

    @Test func `every value arrives byte for byte or is refused, and has no other effect`() async throws {
        try await run { installation, ann in
            // All values as arguments. The program prints its arguments.
            let reply = try await send(ann, Body(arguments: ["rest": Self.hostile]))
            #expect(reply.status == 200, "\(reply.text)")
            let uuid = try #require(JobUUID(try reply.json([String: String].self)["id"] ?? ""))
            _ = try await ann.settled(uuid)
            #expect(try installation.argv(uuid) == ["--"] + Self.hostile)
            // The line in the history means the same.
            let again = try await ann.start("typed", try await ann.row(uuid).parameters)
            _ = try await ann.settled(again)
            #expect(try installation.argv(again) == ["--"] + Self.hostile)

            for value in Self.hostile + ["a\nb", "a\0b", "\u{7}"] {
                for name in Self.names {
                    let isText = name == "text" || name == "word" || name == "lines"
                    let isPlain = Self.hostile.contains(value) || (name == "lines" && value == "a\nb")
                    let isFit = isText && isPlain && !(name == "word" && value.hasPrefix("-"))
                    // A person may try only a few refused starts in a minute. Checks are judged in the same way.
                    let isStart = isFit || value == Self.hostile[0]
                    let path = isStart ? "/execute" : "/check"
                    let reply = try await send(ann, Body(options: [name: value]), to: path)
                    #expect(reply.status == (isFit ? 200 : 422), "\(name) \(value.debugDescription): \(reply.text)")
                    guard reply.status == 200 else {
                        #expect(reply.text.contains("\"\(name)\":["))
                        continue
                    }
                    let uuid = try #require(JobUUID(try reply.json([String: String].self)["id"] ?? ""))
                    _ = try await ann.settled(uuid)
                    #expect(try installation.argv(uuid) == (name == "word" ? ["-w", value] : ["--\(name)=\(value)"]))
                }
            }
            #expect(access(installation.work + "/X", F_OK) != 0)
            for name in Self.names {
                let long = try await send(ann, Body(options: [name: String(repeating: "x", count: 5001)]))
                #expect(long.status == 400, "\(name): \(long.text)")
            }
            #expect(try await ann.post("/execute", ["command": "typed", "params": "--text=\u{FFFE}x"]).status == 200)
            var invalid = Array(#"{"command":"typed","params":"--text="#.utf8)
            invalid += [0xFF, 0xC0] + Array(#""}"#.utf8)
            let bytes = try await ann.post("/execute", json: Data(invalid))
            #expect(bytes.status == 400, "\(bytes.text)")
        }
    }
}

extension Installation {
    /// The arguments that print-argv has printed, separated by NUL.
    fileprivate func argv(_ uuid: JobUUID) throws -> [String] {
        ProcessFacts.read(try files(uuid).log).split(separator: 0, omittingEmptySubsequences: false).dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
