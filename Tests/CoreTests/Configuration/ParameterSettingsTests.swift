import TestSupport
import Testing

@testable import Core

struct ParameterSettingsTests {
    private static func configuration(_ parameters: String, _ more: String = "") throws -> Configuration {
        try .sample(
            "roles: { A: { users: [a] } }\ncommands: { allowed: { x: { roles: [A], run: [x], \(more) parameters: [\(parameters)] } } }"
        )
    }

    @Test func `parameters become argv as the program spells them`() throws {
        let command = try #require(
            try Self.configuration(
                """
                { name: since, type: date, option: --from }, { name: level, type: integer, option: -l, separate: true },
                { name: dry, type: flag, option: -n }, { name: colour, type: choice, choices: [red, green], option: --colour,
                default: red }, { name: host, type: host, required: true }, { name: rest, repeated: true }
                """, "end_of_options: true,"
            ).commands.allowed["x"])
        let check = InvocationBuilder(command)
        let line = "--since=2026-11-24 --level 3 --dry db -x"
        #expect(
            throws: InvalidInputError("x", "The option -x does not exist.")
        ) { try check.invocation(.line(line)) }
        let invocation = try check.invocation(.line("--since=2026-11-24 --level 3 --dry -- db -x"))
        #expect(invocation.argv == ["x", "--from=2026-11-24", "-l", "3", "-n", "--colour=red", "--", "db", "-x"])
        let named = try check.invocation(
            .fields(
                arguments: ["host": .text("db"), "rest": .list([.text("-x")])],
                options: ["since": .text("2026-11-24"), "level": .number(3), "dry": .truth(true)]))
        #expect(named.argv == invocation.argv)
        #expect(named.line == "--since=2026-11-24 --level=3 --dry -- db -x")
        #expect(
            command.definition.synopsis
                == "[--since SINCE] [--level LEVEL] [--dry] [--colour COLOUR] [--] <host> [<rest>...]")
        let wrong = #expect(throws: InvalidInputError.self) {
            try check.invocation(.line("--since=tomorrow --level=-3 --colour=blue 'a b'"))
        }
        #expect(wrong?.fields.keys.sorted() == ["colour", "host", "level", "since"])
    }

    @Test(
        arguments: [
            ("option: -u", ["-u", "ann"]), ("option: -user", ["-user", "ann"]), ("option: --user", ["--user=ann"]),
            ("option: -u, separate: false", ["-u=ann"]), ("option: --user, separate: true", ["--user", "ann"]),
        ])
    func `a value is a word of its own behind one dash, and behind = after two`(_ how: String, _ words: [String]) throws
    {
        let command = try #require(
            try Self.configuration("{ name: who, \(how) }, { name: rest }").commands.allowed["x"])
        let named = try InvocationBuilder(command).invocation(
            .fields(arguments: ["rest": .text("a")], options: ["who": .text("ann")]))
        #expect(named.argv == ["x"] + words + ["a"])
        #expect(named.line == "--who=ann a")
        // A line may have it as the program spells it, or by its name.
        for line in [words.joined(separator: " ") + " a", "a --who ann", named.line] where !line.hasPrefix("-u=") {
            #expect(try InvocationBuilder(command).invocation(.line(line)).argv == named.argv, "\(line)")
        }
        // Alone, a word with a dash would be an option.
        let dashed = try? InvocationBuilder(command).invocation(.fields(arguments: [:], options: ["who": .text("-x")]))
        #expect((dashed == nil) == (words.count == 2))
    }

    @Test func `a default behind an argument that is missing is left out, and not blamed`() throws {
        let command = try #require(
            try Self.configuration("{ name: a }, { name: b, default: c }").commands.allowed["x"])
        #expect(try InvocationBuilder(command).invocation(.line("")).argv == ["x"])
        #expect(try InvocationBuilder(command).invocation(.line("d")).argv == ["x", "d", "c"])
        let wrong = #expect(throws: InvalidInputError.self) {
            try InvocationBuilder(command).invocation(.fields(arguments: ["b": .text("d")], options: [:]))
        }
        #expect(wrong?.fields.keys.sorted() == ["b"])
    }

    @Test func `the name of one option is not taken for another's spelling`() throws {
        let command = try #require(
            try Self.configuration("{ name: to, option: --from }, { name: from, option: --to }").commands.allowed["x"])
        #expect(try InvocationBuilder(command).invocation(.line("--to=a")).argv == ["x", "--from=a"])
    }

    @Test func `an argument that looks like an option is refused where nothing ends them`() throws {
        let command = try #require(try Self.configuration("{ name: file }").commands.allowed["x"])
        let wrong = #expect(throws: InvalidInputError.self) {
            try InvocationBuilder(command).invocation(.line("-- -rf"))
        }
        #expect(wrong?.fields.keys.sorted() == ["file"])
        #expect(try InvocationBuilder(command).invocation(.line("")).argv == ["x"])
    }

    @Test(
        arguments: [
            ("{ type: text }", "1 to 64 letters"), ("{ name: '-x' }", "1 to 64 letters"),
            ("{ name: a, type: colour }", "one of"),
            ("{ name: a }, { name: a }", "two parameters"),
            ("{ name: a, type: integer, min: 2, max: 1 }", "greater than max"),
            ("{ name: a, type: choice }", "choices is missing"),
            ("{ name: a, type: choice, choices: [b], default: c }", "must be one of"),
            ("{ name: a, type: path }", "below is missing"), ("{ name: a, pattern: '(' }", "no regular expression"),
            ("{ name: a, pattern: 'x)|(y' }", "no regular expression"),
            ("{ name: a, default: b, required: true }", "not required"),
            ("{ name: a, repeated: true }, { name: b }", "gets none"),
            ("{ name: a }, { name: b, required: true }", "in front of it is not"),
            ("{ name: a, separate: true }", "only an option"),
            ("{ name: a, type: flag, option: --a, required: true }", "a flag is"),
            ("{ name: a, default: [b, c] }", "repeated: true"),
            ("{ name: a, option: since }", "as the program spells it"), ("{ name: a, choises: [b] }", "not known"),
            ("{ name: a, type: integer, default: x }", "whole number"),
        ])
    func `a mistake is named`(_ parameters: String, _ words: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try Self.configuration(parameters) }
        #expect(error?.description.contains(words) ?? false, "\(error?.description ?? "")")
    }
}
