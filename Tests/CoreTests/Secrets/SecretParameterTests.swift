import TestSupport
import Testing

@testable import Core

struct SecretParameterTests {
    private static let parameters = """
        { name: user, option: --user }, { name: password, type: secret, pass: environment, variable: DB_PASSWORD },
        { name: key, type: secret, pass: stdin, multiline: true }, { name: host }
        """

    private static func command(_ parameters: String = parameters, options: String = "") throws -> Command {
        let configuration = try Configuration.sample(
            "roles: { A: { users: [a] } }\ncommands: { allowed: { x: { roles: [A], run: [x], \(options) parameters: [\(parameters)] } } }"
        )
        return try #require(configuration.commands.allowed["x"])
    }

    private static func input(_ options: [String: JSONValue], _ arguments: [String: JSONValue] = [:]) -> CommandInput {
        .fields(arguments: arguments, options: options)
    }

    @Test func `a secret is not an argument, and the audit shows only its name`() throws {
        let builder = InvocationBuilder(try Self.command())
        let invocation = try builder.build(
            from:
                Self.input(
                    ["user": .text("ann"), "password": .text("hunter22"), "key": .text("a\nb\nc")],
                    ["host": .text("db")]))
        #expect(invocation.argv == ["x", "--user=ann", "db"])
        #expect(invocation.line == "--user=ann --password --key db")
        #expect(invocation.environment == ["DB_PASSWORD": Password("hunter22")])
        #expect(invocation.input == Password("a\nb\nc"))
        #expect(invocation.secrets.map(\.text) == ["hunter22", "a\nb\nc"])
        let without = try builder.build(from: .line("--user=ann db"))
        #expect(without.secrets.isEmpty)
    }

    @Test func `descriptions and reflection do not show a secret`() throws {
        let input = Self.input(["password": .text("hunter22")])
        let invocation = try InvocationBuilder(try Self.command()).build(from: input)
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
    func `a line with a secret is rejected without quoting it`(_ line: String) throws {
        let error = #expect(throws: InvalidInputError.self) {
            try InvocationBuilder(try Self.command()).build(from: .line(line))
        }
        let message = error?.description ?? "hunter22"
        #expect(!message.contains("hunter22"))
        for definition in [try Self.command().definition, nil] {
            #expect(!CommandInput.line(line).auditText(for: definition, someTakeSecrets: true).contains("hunter22"))
        }
        #expect(CommandInput.line(line).auditText(for: nil, someTakeSecrets: false) == line)
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
    func `an invalid secret is rejected without quoting it`(_ input: CommandInput) throws {
        let error = #expect(throws: InvalidInputError.self) {
            try InvocationBuilder(try Self.command()).build(from: input)
        }
        let message = error?.description ?? "hunter22"
        #expect(!message.contains("hunter22"))
        #expect(!input.auditText(for: try Self.command().definition, someTakeSecrets: true).contains("hunter22"))
        #expect(
            !input.auditText(for: nil, someTakeSecrets: false).contains("hunter22"),
            "The name of the command may be misspelt.")
    }

    @Test(arguments: [
        "$(touch X)", "`touch X`", ";id;", "&& id", "| id", "a\nb\n", "****", "~root", "--env=x", "@file", "----",
        "a b c",
        "\u{7}\u{1b}[31m", "\r\n\r\n", "%0A%00", "\u{FFFD}\u{FFFD}", String(repeating: "x", count: 5001),
    ])
    func `a secret is passed on unchanged`(_ value: String) throws {
        let invocation = try InvocationBuilder(try Self.command()).build(from: Self.input(["key": .text(value)]))
        #expect(invocation.input.map { Array($0.text.utf8) } == Array(value.utf8))
        #expect(invocation.argv == ["x"])
    }

    @Test func `a line for a command with a required secret is rejected`() throws {
        let command = try Self.command("{ name: password, type: secret, pass: stdin, required: true }")
        let error = #expect(throws: InvalidInputError.self) { try InvocationBuilder(command).build(from: .line("")) }
        #expect(
            error?.fields["password"] == ["The secret password cannot be part of a line. Give it by name, in options."])
    }

    @Test(arguments: [
        ("{ name: a, type: secret }", "pass is missing"), ("{ name: a, type: secret, pass: file }", "one of"),
        ("{ name: a, type: secret, pass: environment }", "the name of an environment variable"),
        ("{ name: a, type: secret, pass: environment, variable: 1A }", "the name of an environment variable"),
        ("{ name: a, type: secret, pass: environment, variable: PATH }", "the name of an environment variable"),
        ("{ name: a, type: secret, pass: stdin, variable: A }", "has no effect with pass: stdin"),
        ("{ name: a, type: secret, pass: stdin, option: -a }", "never becomes an argument"),
        ("{ name: a, type: secret, pass: stdin, default: abcdef }", "never becomes an argument"),
        ("{ name: a, type: secret, pass: stdin, repeated: true }", "never becomes an argument"),
        ("{ name: a, type: secret, pass: stdin }, { name: b, type: secret, pass: stdin }", "in the same way"),
    ])
    func `an invalid secret parameter is rejected with a reason`(_ parameters: String, _ words: String) {
        let error = #expect(throws: ConfigurationError.self) { try Self.command(parameters) }
        #expect(error?.description.contains(words) ?? false, "\(error?.description ?? "")")
    }
}
