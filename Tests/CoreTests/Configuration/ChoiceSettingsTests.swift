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

    @Test func `a choice program has the directory and environment of its command`() throws {
        let configuration = try Self.configuration("choices_from: [git, branch], choices_ttl: 5m")
        #expect(
            configuration.choicePrograms == [
                ChoiceProgram(run: ["git", "branch"], directory: "/tmp", environment: ["B": "c"], ttl: 300)
            ])
        #expect(try Self.configuration("choices_from: [x]").choicePrograms.map(\.ttl) == [60])
        #expect(try Self.configuration("choices: [a]").choicePrograms.isEmpty)
    }

    @Test(arguments: [
        ("choices: [a], choices_from: [x]", "either choices or choices_from"),
        ("choices: [a], choices_ttl: 5m", "no effect without choices_from"),
        ("choices_from: []", "expected a program"), ("choices_from: [x], choices_ttl: 10ms", "from 1s to 365d"),
        ("choices_ttl: 5m", "choices is missing"),
    ])
    func `an invalid choice parameter is rejected with a reason`(parameter: String, words: String) {
        let error = #expect(throws: ConfigurationError.self) { try Self.configuration(parameter) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
}
