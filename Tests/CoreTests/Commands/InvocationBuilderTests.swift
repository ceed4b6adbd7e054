import Foundation
import TestSupport
import Testing

@testable import Core

struct InvocationBuilderTests {
    private static let command = Command(
        name: "app:print", roles: ["*"], run: ["php", "artisan", "app:print"],
        definition: CommandDefinition(
            syntax: .console,
            arguments: [
                Parameter(name: "first", kind: .argument, isRequired: true),
                Parameter(name: "others", kind: .argument, isRepeated: true),
            ],
            options: [
                Parameter(name: "tag", kind: .option, shortcuts: ["t"], isRepeated: true),
                Parameter(name: "level", kind: .option, shortcuts: ["l"], isValueOptional: true),
                Parameter(name: "dry", kind: .flag, shortcuts: ["d"]),
            ],
            globalOptions: [
                Parameter(name: "env", kind: .option, isValueOptional: true),
                Parameter(name: "verbose", kind: .flag, shortcuts: ["v", "vv", "vvv"]),
                Parameter(name: "no-interaction", kind: .flag, shortcuts: ["n"]),
            ],
            allowedGlobals: ["verbose"], added: ["--no-interaction"]))

    private static let head = ["php", "artisan", "app:print", "--no-interaction"]

    @Test(
        arguments: [
            ("a", ["a"]), ("a b c", ["a", "b", "c"]), ("-d a", ["--dry", "a"]), ("a -d", ["--dry", "a"]),
            ("-tx a", ["--tag=x", "a"]), ("-t x a", ["--tag=x", "a"]),
            ("--tag x --tag=y a", ["--tag=x", "--tag=y", "a"]),
            ("-dtx a", ["--tag=x", "--dry", "a"]), ("--level a b", ["--level=a", "b"]),
            ("--level= b", ["--level=", "b"]),
            ("b --level", ["--level", "b"]), ("--level -d b", ["--level", "--dry", "b"]),
            ("-vvv a", ["--verbose", "a"]),
            ("-- -d", ["--", "-d"]), ("a -- -- b", ["--", "a", "--", "b"]), ("-", ["--", "-"]), ("''", [""]),
            ("'a\nb' '*' '~' '$(id)'", ["a\nb", "*", "~", "$(id)"]), ("--tag=--env=x a", ["--tag=--env=x", "a"]),
            ("@file", ["@file"]), ("--tag='' a", ["--tag=", "a"]),
        ] as [(String, [String])])
    func `a line is parsed so that no value becomes an option`(_ line: String, _ words: [String]) throws {
        let invocation = try InvocationBuilder(Self.command).build(from: .line(line))
        #expect(invocation.argv == Self.head + words)
        #expect(invocation.line == line)
    }

    @Test(
        arguments: [
            ("", "first"), ("--nope a", "nope"), ("--dry=1 a", "dry"), ("--tag", "first"), ("a --tag", "tag"),
            ("a -l 1 --level=2", "level"), ("--env=x a", "env"), ("a --env", "env"), ("-- --env", "first"),
            ("a --envx", "envx"), ("-n a", "no-interaction"), ("-x a", "x"), ("--ta=x a", "ta"),
            ("a --tag\u{301}=x", "tag\u{301}"), ("a --\u{301}dry", "\u{301}dry"), ("a -\u{301}d", "\u{301}"),
            ("--=x a", ""), ("a -- b --environment", "others"),
        ])
    func `an invalid line is rejected with the name of the parameter`(_ line: String, _ field: String) throws {
        let error = try #require(throws: InvalidInputError.self) {
            try InvocationBuilder(Self.command).build(from: .line(line))
        }
        #expect(error.fields.keys.contains(field), "\(error.fields)")
        #expect(error.fields.values.allSatisfy { $0.allSatisfy { $0.hasSuffix(".") } })
    }

    @Test(
        arguments: [
            ("7", "7"), ("-1", "-1"), ("9007199254740992", "9007199254740992"), ("0.1", "0.1"), ("1e3", "1000"),
            ("9007199254740993", nil), ("12345678901234567890", nil), ("0.12345678901234567", nil),
            ("0.1234567890123456789", nil), ("1.00000000000000000001", nil), ("1e400", nil),
            ("-0.30000000000000004", "-0.30000000000000004"),
        ] as [(String, String?)])
    func `a number that cannot be represented exactly is rejected`(_ number: String, _ word: String?) throws {
        let value = try? JSONDecoder().decode([JSONValue].self, from: Data("[\(number)]".utf8)).first
        let builder = InvocationBuilder(Self.command)
        let argv = value.flatMap { try? builder.build(from: .fields(arguments: ["first": $0], options: [:])).argv.last }
        #expect(argv == word)
    }

    @Test func `numbers count for the length and appear in the audit of a refused attempt`() {
        let input = CommandInput.fields(
            arguments: ["id": .list([.number(5), .inexactNumber(1e20)])], options: ["times": .number(2.5)])
        #expect(input.auditText(for: Self.command.definition, someTakeSecrets: false) == "--times=2.5 5 1e+20")
        #expect(input.length(for: Self.command.definition) == 19)
    }

    @Test func `values by name become the same argv as their line`() throws {
        let builder = InvocationBuilder(Self.command)
        let named = try builder.build(
            from:
                .fields(
                    arguments: ["first": .text("it's"), "others": .list([.text("-x"), .number(7)])],
                    options: ["tag": .list([.text("a b")]), "dry": .truth(true), "level": .truth(true)]))
        #expect(named.argv == Self.head + ["--tag=a b", "--level", "--dry", "--", "it's", "-x", "7"])
        #expect(try builder.build(from: .line(named.line)).argv == named.argv)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `random lines are rejected or keep every value unchanged`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let corpus = [
            "$(touch X)", "`id`", ";id", "&&", "|", "\n", "*", "~", "--env=x", "@file", "-", "--", "-d", "-tx", "--tag",
            "--level=", "a", "'", "\"", "\\", "ž", "\u{301}", "😀", "\0", " ", "=", "-vvv", "--no-interaction", "x y",
        ]
        let deadline = ContinuousClock.now + Fuzzing.time
        var accepted = 0
        repeat {
            for _ in 0..<500 {
                let words = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                    (0..<Int.random(in: 1...3, using: &random)).map { _ in corpus.randomElement(using: &random) ?? "" }
                        .joined()
                }
                #expect(
                    words.contains { $0.utf8.contains(0) }
                        || (try? ShellWords.split(words.map(ShellWords.quote).joined(separator: " "))) == words)
                _ = try? ShellWords.split(words.joined(separator: " "))
                let line = words.map(ShellWords.quote).joined(separator: " ")
                guard let invocation = try? InvocationBuilder(Self.command).build(from: .line(line)) else { continue }
                accepted += 1
                let given = Array(invocation.argv.dropFirst(Self.head.count))
                #expect(!given.contains { $0.hasPrefix("--env") || $0 == "--no-interaction" || $0 == "-n" })
                // Parsing the quoted argv yields the same argv.
                let again = given.map(ShellWords.quote).joined(separator: " ")
                #expect(try InvocationBuilder(Self.command).build(from: .line(again)).argv == invocation.argv)
            }
        } while ContinuousClock.now < deadline
        #expect(accepted > 0)
    }

    @Test func `the line for named values contains the default of an argument before a given one`() throws {
        let command = Command(
            name: "order", roles: ["*"], run: ["order"],
            definition: CommandDefinition(
                syntax: .declared,
                arguments: [
                    Parameter(name: "dish", kind: .argument, isRequired: true),
                    Parameter(name: "day", kind: .argument, fallback: .text("2026-12-31"), type: DateType()),
                    Parameter(name: "wishes", kind: .argument, isRepeated: true),
                ], endsOptions: true))
        let named = try InvocationBuilder(command).build(
            from:
                .fields(arguments: ["dish": .text("stew"), "wishes": .list([.text("a b"), .text("c")])], options: [:]))
        #expect(named.argv == ["order", "--", "stew", "2026-12-31", "a b", "c"])
        #expect(named.line == "stew 2026-12-31 'a b' c")
        #expect(try InvocationBuilder(command).build(from: .line(named.line)).argv == named.argv)
        let short = try InvocationBuilder(command).build(
            from: .fields(arguments: ["dish": .text("stew")], options: [:]))
        #expect(short.line == "stew")
    }

    @Test(arguments: ["--upload-pack=touch /tmp/x", "-x", "a", "''", "-- a", "\u{A0}"])
    func `a command without parameters takes no words, and the answer says what to configure`(_ line: String) throws {
        let command = Command(name: "fetch", roles: ["*"], run: ["git", "fetch"])
        let error = #expect(throws: InvalidInputError.self) { try InvocationBuilder(command).build(from: .line(line)) }
        #expect(error?.fields.keys.map { $0 } == ["params"])
        #expect(error?.description.contains("parameters: any") ?? false)
        #expect(throws: InvalidInputError.self) {
            try InvocationBuilder(command).build(from: .fields(arguments: ["params": .text(line)], options: [:]))
        }
        #expect(throws: InvalidInputError.self) {
            try InvocationBuilder(command).build(from: .fields(arguments: [:], options: ["upload-pack": .text(line)]))
        }
    }

    @Test(arguments: ["", "  \t"])
    func `a command without parameters runs without any`(_ line: String) throws {
        let command = Command(name: "fetch", roles: ["*"], run: ["git", "fetch"])
        #expect(try InvocationBuilder(command).build(from: .line(line)).argv == ["git", "fetch"])
        #expect(try InvocationBuilder(command).build(from: .fields(arguments: [:], options: [:])).argv == command.run)
    }
}
