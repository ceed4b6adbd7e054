import TestSupport
import Testing

@testable import Core

struct ChoiceSettingsTests {
    private static func configuration(_ parameter: String) throws -> Configuration {
        try .sample(
            """
            roles: { A: { users: [a] } }
            commands: { environment: { B: c }, allowed: { x: { roles: [A], run: [x], directory: /tmp,
              parameters: [{ name: p, type: choice, \(parameter) }] } } }
            """)
    }

    @Test func `the program runs where the command does`() throws {
        let read = try Self.configuration("choices_from: [git, branch], cache: 5m")
        #expect(
            read.choicePrograms == [
                ChoiceProgram(run: ["git", "branch"], directory: "/tmp", environment: ["B": "c"], ttl: 300)
            ])
        #expect(try Self.configuration("choices_from: [x]").choicePrograms.map(\.ttl) == [60])
        #expect(try Self.configuration("choices: [a]").choicePrograms.isEmpty)
    }

    @Test(arguments: [
        ("choices: [a], choices_from: [x]", "either choices or choices_from"),
        ("choices: [a], cache: 5m", "only what choices_from prints is kept"),
        ("choices_from: []", "expected a program"), ("choices_from: [x], cache: 10ms", "from a second to 365 days"),
        ("cache: 5m", "choices is missing"),
    ])
    func `a mistake is named`(parameter: String, words: String) {
        let error = #expect(throws: ConfigurationError.self) { try Self.configuration(parameter) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
}
