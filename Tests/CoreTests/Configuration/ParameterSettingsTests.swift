import TestSupport
import Testing

@testable import Core

struct ParameterSettingsTests {
    private static func configuration(_ parameters: String, options: String = "") throws -> Configuration {
        try .sample(
            "roles: { A: { users: [a] } }\ncommands: { allowed: { x: { roles: [A], run: [x], \(options) parameters: [\(parameters)] } } }"
        )
    }

    @Test func `parameters become argv in the spelling of the program`() throws {
        let command = try #require(
            try Self.configuration(
                """
                { name: since, type: date, option: --from }, { name: level, type: integer, option: -l, value_as_separate_argument: true },
                { name: dry, type: flag, option: -n }, { name: colour, type: choice, choices: [red, green], option: --colour,
                default: red }, { name: host, type: host, required: true }, { name: rest, repeated: true }
                """, options: "end_of_options: true,"
            ).commands.allowed["x"])
        let builder = InvocationBuilder(command)
        let line = "--since=2026-11-24 --level 3 --dry db -x"
        #expect(
            throws: InvalidInputError("x", ParameterValues.unknownOption("-x"))
        ) { try builder.build(from: .line(line)) }
        let invocation = try builder.build(from: .line("--since=2026-11-24 --level 3 --dry -- db -x"))
        #expect(invocation.argv == ["x", "--from=2026-11-24", "-l", "3", "-n", "--colour=red", "--", "db", "-x"])
        let named = try builder.build(
            from:
                .fields(
                    arguments: ["host": .text("db"), "rest": .list([.text("-x")])],
                    options: ["since": .text("2026-11-24"), "level": .number(3), "dry": .truth(true)]))
        #expect(named.argv == invocation.argv)
        #expect(named.line == "--since=2026-11-24 --level=3 --dry -- db -x")
        #expect(
            command.definition.synopsis
                == "[--since SINCE] [--level LEVEL] [--dry] [--colour COLOUR] [--] <host> [<rest>...]")
        let error = #expect(throws: InvalidInputError.self) {
            try builder.build(from: .line("--since=tomorrow --level=-3 --colour=blue 'a b'"))
        }
        #expect(error?.fields.keys.sorted() == ["colour", "host", "level", "since"])
    }

    @Test(
        arguments: [
            ("option: -u", ["-u", "ann"]), ("option: -user", ["-user", "ann"]), ("option: --user", ["--user=ann"]),
            ("option: -u, value_as_separate_argument: false", ["-u=ann"]),
            ("option: --user, value_as_separate_argument: true", ["--user", "ann"]),
        ])
    func `an option with one dash has a separate value by default`(_ settings: String, _ words: [String]) throws {
        let command = try #require(
            try Self.configuration("{ name: who, \(settings) }, { name: rest }").commands.allowed["x"])
        let named = try InvocationBuilder(command).build(
            from:
                .fields(arguments: ["rest": .text("a")], options: ["who": .text("ann")]))
        #expect(named.argv == ["x"] + words + ["a"])
        #expect(named.line == "--who=ann a")
        // A line may use the program's spelling or the name.
        for line in [words.joined(separator: " ") + " a", "a --who ann", named.line] where !line.hasPrefix("-u=") {
            #expect(try InvocationBuilder(command).build(from: .line(line)).argv == named.argv, "\(line)")
        }
        // As a separate argument, the program would read the value as an option.
        let dashed = try? InvocationBuilder(command).build(from: .fields(arguments: [:], options: ["who": .text("-x")]))
        #expect((dashed == nil) == (words.count == 2))
    }

    @Test func `a default after a missing argument is ignored`() throws {
        let command = try #require(
            try Self.configuration("{ name: a }, { name: b, default: c }").commands.allowed["x"])
        #expect(try InvocationBuilder(command).build(from: .line("")).argv == ["x"])
        #expect(try InvocationBuilder(command).build(from: .line("d")).argv == ["x", "d", "c"])
        let error = #expect(throws: InvalidInputError.self) {
            try InvocationBuilder(command).build(from: .fields(arguments: ["b": .text("d")], options: [:]))
        }
        #expect(error?.fields.keys.sorted() == ["b"])
    }

    @Test func `the name of an option precedes the spelling of another option`() throws {
        let command = try #require(
            try Self.configuration("{ name: to, option: --from }, { name: from, option: --to }").commands.allowed["x"])
        #expect(try InvocationBuilder(command).build(from: .line("--to=a")).argv == ["x", "--from=a"])
    }

    @Test func `an argument with a dash is rejected without end_of_options`() throws {
        let command = try #require(try Self.configuration("{ name: file }").commands.allowed["x"])
        let error = #expect(throws: InvalidInputError.self) {
            try InvocationBuilder(command).build(from: .line("-- -rf"))
        }
        #expect(error?.fields.keys.sorted() == ["file"])
        #expect(try InvocationBuilder(command).build(from: .line("")).argv == ["x"])
    }

    @Test(
        arguments: [
            ("{ type: text }", "1 to 64 letters"), ("{ name: '-x' }", "1 to 64 letters"),
            ("{ name: a, type: colour }", "one of"),
            ("{ name: a }, { name: a }", "two parameters"),
            ("{ name: a, type: integer, min: 2, max: 1 }", "greater than max"),
            ("{ name: a, type: choice }", "choices is missing"),
            ("{ name: a, type: choice, choices: [b], default: c }", "must be one of"),
            ("{ name: a, type: path }", "below is missing"),
            ("{ name: a, pattern: '(' }", "is not a regular expression"),
            ("{ name: a, pattern: 'x)|(y' }", "is not a regular expression"),
            ("{ name: a, default: b, required: true }", "no effect on a required parameter"),
            ("{ name: a, repeated: true }, { name: b }", "gets none"),
            ("{ name: a }, { name: b, required: true }", "before it is not"),
            ("{ name: a, value_as_separate_argument: true }", "only on an option"),
            ("{ name: a, type: flag, option: --a, required: true }", "a flag cannot be required"),
            ("{ name: a, default: [b, c] }", "repeated: true"),
            ("{ name: a, option: since }", "as the program spells it"), ("{ name: a, choises: [b] }", "is unknown"),
            ("{ name: a, type: integer, default: x }", "whole number"),
        ])
    func `an invalid parameter is rejected with a reason`(_ parameters: String, _ words: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try Self.configuration(parameters) }
        #expect(error?.description.contains(words) ?? false, "\(error?.description ?? "")")
    }

    @Test func `parameters are a list, any words, or nothing`() throws {
        func definition(_ keys: String) throws -> CommandDefinition? {
            try Configuration.sample(
                "roles: { A: { users: [a] } }\ncommands: { allowed: { x: { roles: [A], run: [x]\(keys) } } }"
            ).commands.allowed["x"]?.definition
        }
        #expect(try definition("") == .undeclared)
        #expect(try definition(", parameters: null") == .undeclared)
        #expect(try definition(", parameters: any") == .anyWords)
        #expect(try definition(", parameters: []") == CommandDefinition(syntax: .declared))
        for wrong in ["some", "{}", "true", "[any]", "any, end_of_options: true"] {
            #expect(throws: ConfigurationError.self, "\(wrong)") { try definition(", parameters: \(wrong)") }
        }
    }
}
