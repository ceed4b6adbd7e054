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
        ("", "\n"), ("Loading…", ""), ("\u{FEFF}", "\n"), ("{} {\"a\": [1, {}]}\n", "\n{\"commands\": []}"),
        (#"{"level":"info","commands":["a","b","c","d"]}"# + "\n", "\n" + #"{"commands":[{"name":"x"}]}"#),
        ("[2026] local.INFO: {\"x\": \"}\n", "}\n}]"), ("Notice: {a {b} \"c\n", " Warning: } in {"),
        (#"{"message":"\"commands\": [{"}"#, #"{"open": "#), ("{\"a\":{\"b\":", "\n\u{1B}[33mdone\u{1B}[0m {}"),
    ])
    func `text and other JSON before and after the list are ignored`(_ before: String, _ after: String) throws {
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

    /// A command of a listing, with the names of its flags.
    private static func command(_ name: String, _ flags: [String], description: String = "") -> String {
        let options = flags.map { flag in
            #""\#(flag)":{"name":"--\#(flag)","accept_value":false,"description":"\#(description)"}"#
        }
        return #"{"name":"\#(name)","definition":{"arguments":{},"options":{\#(options.joined(separator: ","))}}}"#
    }

    private static let symfony = ["help", "quiet", "verbose", "version", "ansi", "no-ansi", "no-interaction", "env"]

    @Test(arguments: [
        // `list` of Symfony Console up to 5.1 names only its own options.
        [command("list", ["raw", "format"]), command("help", symfony + ["raw", "format"]), command("a", symfony)],
        // One command of an application overrides its definition.
        [command("help", symfony), command("a", symfony), command("b", ["dry"]), command("c", symfony + ["dry"])],
        [command("a", symfony + ["dry"])], [command("a", ["dry"]), command("b", symfony)],
    ])
    func `the options of Symfony and Laravel are global, whatever one command lists`(_ commands: [String]) throws {
        let read = try ConsoleListing.read(Self.listing(commands.joined(separator: ",")))
        #expect(read.count == commands.count)
        for command in read {
            #expect(Set(command.globalOptions.map(\.name)) == Set(Self.symfony), "\(command.name)")
            #expect(Set(command.options.map(\.name)).isSubset(of: ["dry", "raw", "format"]), "\(command.name)")
        }
    }

    @Test func `options that almost all commands list in the same way are global`() throws {
        let names = ["a", "b", "c", "d"]
        let commands =
            [Self.command("help", ["tenant", "raw"]), Self.command("list", ["raw"]), Self.command("odd", [])]
            + names.map { Self.command($0, ["tenant", "dry"]) }
        let read = try ConsoleListing.read(Self.listing(commands.joined(separator: ",")))
        #expect(read.allSatisfy { $0.globalOptions.map(\.name) == ["tenant"] })
        let differing = names.map { Self.command($0, ["dry"], description: $0) } + [Self.command("help", ["dry"])]
        let own = try ConsoleListing.read(Self.listing(differing.joined(separator: ",")))
        #expect(own.allSatisfy { $0.globalOptions.isEmpty }, "Options of the same name are not the same option.")
    }

    @Test func `the raw list gives the names of commands`() {
        let output = """
            Loading {…}
            about        Shows about
            app:street   Stra\u{FFFD}e
              and a second line
            x
            3 commands
            """
        #expect(ConsoleListing.readNames(output) == ["Loading", "about", "app:street", "x"])
    }

    @Test func `the help of one command is read like an entry of the list`() {
        let help = "Notice {\n" + Self.command("a:b", ["dry"]) + "\n"
        let command = ConsoleListing.readHelp(help)
        #expect(command?.name == "a:b")
        #expect(command?.options.map(\.name) == ["dry"])
        #expect(ConsoleListing.readHelp("") == nil)
        #expect(ConsoleListing.readHelp(#"{"name":"x"}"#) == nil)
    }
}
