import TestSupport
import Testing

@testable import Core

struct SecretParameterTests {
    private static let parameters = """
        { name: user, option: --user }, { name: password, type: secret, pass: environment, variable: DB_PASSWORD },
        { name: key, type: secret, pass: stdin, multiline: true }, { name: host }
        """

    private static func command(_ parameters: String = parameters, _ more: String = "") throws -> Command {
        let configuration = try Configuration.sample(
            "roles: { A: { users: [a] } }\ncommands: { allowed: { x: { roles: [A], run: [x], \(more) parameters: [\(parameters)] } } }"
        )
        return try #require(configuration.commands.allowed["x"])
    }

    private static func input(_ options: [String: JSONValue], _ arguments: [String: JSONValue] = [:]) -> Input {
        .fields(arguments: arguments, options: options)
    }

    @Test func `a secret reaches the command beside its arguments, and the audit by name`() throws {
        let check = InvocationBuilder(try Self.command())
        let invocation = try check.invocation(
            Self.input(
                ["user": .text("ann"), "password": .text("hunter22"), "key": .text("a\nb\nc")], ["host": .text("db")]))
        #expect(invocation.argv == ["x", "--user=ann", "db"])
        #expect(invocation.line == "--user=ann --password --key db")
        #expect(invocation.environment == ["DB_PASSWORD": Password("hunter22")])
        #expect(invocation.input == Password("a\nb\nc"))
        #expect(invocation.secrets.map(\.text) == ["hunter22", "a\nb\nc"])
        let without = try check.invocation(.line("--user=ann db"))
        #expect(without.secrets.isEmpty)
    }

    @Test func `no description and no reflection shows it`() throws {
        let input = Self.input(["password": .text("hunter22")])
        let invocation = try InvocationBuilder(try Self.command()).invocation(input)
        for text in ["\(input)", "\(invocation)", String(reflecting: input), String(reflecting: invocation)] {
            #expect(!text.contains("hunter22"))
        }
        var dumped = ""
        dump(input, to: &dumped)
        dump(invocation, to: &dumped)
        #expect(!dumped.contains("hunter22"))
    }

    @Test(arguments: [
        "--password=hunter22", "--password hunter22", "--password", "a hunter22", "--hunter22", "-hunter22",
        "'hunter22",
        "--user --hunter22", "--unknown=hunter22",
    ])
    func `no line is taken with one, and what is wrong with it does not repeat it`(_ line: String) throws {
        let wrong = #expect(throws: InvalidInputError.self) {
            try InvocationBuilder(try Self.command()).invocation(.line(line))
        }
        let said = wrong?.description ?? "hunter22"
        #expect(!said.contains("hunter22"))
        for definition in [try Self.command().definition, nil] {
            #expect(!Input.line(line).kept(for: definition, someTakeSecrets: true).contains("hunter22"))
        }
        #expect(Input.line(line).kept(for: nil, someTakeSecrets: false) == line)
    }

    @Test(arguments: [
        input(["pasword": .text("hunter22")]), input(["hunter22": .truth(true)]),
        input([:], ["hots": .text("hunter22")]), input(["password": .list([.text("hunter22"), .text("hunter22")])]),
        input(["user": .text("ann hunter22"), "password": .text("hunter22")]),
        input(["password": .text("hunter22")], ["host": .text("hunter22")]), input(["key": .text("hun")]),
        input(["password": .text("hunter22\0")]), input(["password": .text("hunter22\n")]),
        input(["password": .truth(true)]),
        input(["password": .text(String(repeating: "hunter22", count: 2049))]),
    ])
    func `given wrongly by name it is refused without being repeated`(_ input: Input) throws {
        let wrong = #expect(throws: InvalidInputError.self) {
            try InvocationBuilder(try Self.command()).invocation(input)
        }
        let said = wrong?.description ?? "hunter22"
        #expect(!said.contains("hunter22"))
        #expect(!input.kept(for: try Self.command().definition, someTakeSecrets: true).contains("hunter22"))
        #expect(!input.kept(for: nil, someTakeSecrets: false).contains("hunter22"), "a command whose name was misspelt")
    }

    @Test(arguments: [
        "$(touch X)", "`touch X`", ";id;", "&& id", "| id", "a\nb\n", "****", "~root", "--env=x", "@file", "----",
        "a b c",
        "\u{7}\u{1b}[31m", "\r\n\r\n", "%0A%00", "\u{FFFD}\u{FFFD}", String(repeating: "x", count: 5001),
    ])
    func `any text can be one, byte for byte`(_ value: String) throws {
        let invocation = try InvocationBuilder(try Self.command()).invocation(Self.input(["key": .text(value)]))
        #expect(invocation.input.map { Array($0.text.utf8) } == Array(value.utf8))
        #expect(invocation.argv == ["x"])
    }

    @Test func `what a line lacks is said of the secret that it cannot give`() throws {
        let command = try Self.command("{ name: password, type: secret, pass: stdin, required: true }")
        let wrong = #expect(throws: InvalidInputError.self) { try InvocationBuilder(command).invocation(.line("")) }
        #expect(
            wrong?.fields["password"] == ["The secret password is not taken from a line: give it by name, in options."])
    }

    @Test(arguments: [
        ("{ name: a, type: secret }", "pass is missing"), ("{ name: a, type: secret, pass: file }", "one of"),
        ("{ name: a, type: secret, pass: environment }", "variable is missing"),
        ("{ name: a, type: secret, pass: environment, variable: 1A }", "variable is missing"),
        ("{ name: a, type: secret, pass: environment, variable: PATH }", "no fit name"),
        ("{ name: a, type: secret, pass: stdin, variable: A }", "has no variable"),
        ("{ name: a, type: secret, pass: stdin, option: -a }", "never becomes an argument"),
        ("{ name: a, type: secret, pass: stdin, default: abcdef }", "never becomes an argument"),
        ("{ name: a, type: secret, pass: stdin, repeated: true }", "never becomes an argument"),
        ("{ name: a, type: secret, pass: stdin }, { name: b, type: secret, pass: stdin }", "the same way"),
    ])
    func `a mistake in the configuration is named`(_ parameters: String, _ words: String) {
        let error = #expect(throws: ConfigurationError.self) { try Self.command(parameters) }
        #expect(error?.description.contains(words) ?? false, "\(error?.description ?? "")")
    }
}
