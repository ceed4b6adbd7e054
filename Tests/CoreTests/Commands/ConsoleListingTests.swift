import Foundation
import TestSupport
import Testing

@testable import Core

struct ConsoleListingTests {
    private static func listing(_ commands: String) -> String {
        #"{"application":{"name":"x"},"commands":[\#(commands)]}"#
    }

    private static let globals = #""help":{"name":"--help","shortcut":"-h","accept_value":false,"default":false}"#

    private static let sample = listing(
        #"""
        {"name":"list","description":"List","usage":["list"],"help":"List","definition":{"arguments":[],
          "options":{\#(globals)}},"hidden":false},
        {"name":"a:z","description":"Does <info>it<\/info>","usage":["a:z [--x X] [--] <z> [<a>...]"],
          "help":"More \uD83D\uDE00 <comment>help<\/comment>, 1 < 2","definition":{"arguments":{
          "z":{"name":"z","is_required":true,"is_array":false,"description":"Z","default":null},
          "a":{"name":"a","is_required":false,"is_array":true,"description":"A","default":[]}},
          "options":{"x":{"name":"--x","shortcut":"-x|-y","accept_value":true,"is_value_required":true,
          "is_multiple":false,"description":"X","default":5},\#(globals)}},"hidden":false},
        {"name":"secret","hidden":true}
        """#)

    @Test func `a list of commands is parsed, with the arguments in order`() throws {
        let commands = try ConsoleListing.read(Self.sample)
        #expect(commands.map(\.name) == ["list", "a:z"])
        let command = try #require(commands.last)
        #expect(command.arguments.map(\.name) == ["z", "a"])
        #expect(command.arguments.map(\.isRequired) == [true, false])
        #expect(command.arguments.map(\.isRepeated) == [false, true])
        #expect(command.options.map(\.name) == ["x"])
        #expect(command.options.first?.shortcuts == ["x", "y"])
        #expect(command.options.first?.fallback == .number(5))
        #expect(command.globalOptions.map(\.name) == ["help"])
        #expect(command.description == "Does it")
        #expect(command.help == "More 😀 help, 1 < 2")
        #expect(commands.first?.help == "")
    }

    @Test(arguments: [
        ("\nDeprecated: Optional {x} in /app/a.php on line 3\n", ""), ("PHP Warning:  no {\n", "\nNotice: late\n"),
        ("", "\n"),
    ])
    func `PHP notices before and after the list are ignored`(_ before: String, _ after: String) throws {
        #expect(try ConsoleListing.read(before + Self.sample + after) == ConsoleListing.read(Self.sample))
    }

    @Test func `a console that failed runs again after a while, or when its files change`() {
        let console = Console(kind: .artisan, run: ["php", "artisan"], directory: "/app")
        var result = CatalogueFile.ConsoleResult(
            console: console, commands: [], roles: [:], fingerprint: "a", askedAt: 1000)
        #expect(!result.needsRefresh("a", at: 9999))
        #expect(result.needsRefresh("b", at: 1000))
        result.problem = "it did not end within 60 s."
        #expect(!result.needsRefresh("a", at: 1299))
        #expect(result.needsRefresh("a", at: 1300))
        #expect(result.needsRefresh("a", at: 999))
        result.askedAt = nil
        #expect(result.needsRefresh("a", at: 0))
    }

    @Test(arguments: ["", "Could not open input file: artisan", "[]", "{}", #"{"commands":{}}"#, "null", "{", "\0"])
    func `output that is not a list of commands is an error`(_ text: String) {
        let error = #expect(throws: ConsoleListingError.self) { try ConsoleListing.read(text) }
        #expect(error?.description.hasSuffix(".") ?? false)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `random output is parsed or rejected`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let corpus = [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "null", "true", "--", "&a", "*a", "!!binary", "\t", "\u{FEFF}",
            "<", ">",
        ]
        let deadline = ContinuousClock.now + Fuzzing.time
        repeat {
            for _ in 0..<100 {
                var text = Array(Self.sample.utf8)
                for _ in 0..<Int.random(in: 1...8, using: &random) {
                    let place = Int.random(in: 0..<text.count, using: &random)
                    switch Int.random(in: 0...2, using: &random) {
                    case 0: text[place] = UInt8.random(in: 0...255, using: &random)
                    case 1: text.removeSubrange(place..<min(text.count, place + Int.random(in: 1...40, using: &random)))
                    default:
                        text.insert(contentsOf: Array((corpus.randomElement(using: &random) ?? "").utf8), at: place)
                    }
                    if text.isEmpty { break }
                }
                for command in (try? ConsoleListing.read(String(decoding: text, as: UTF8.self))) ?? [] {
                    #expect(!command.name.isEmpty)
                }
            }
        } while ContinuousClock.now < deadline
    }
}
