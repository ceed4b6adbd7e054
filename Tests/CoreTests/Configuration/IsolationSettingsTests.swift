import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// `isolation` and `run_as`.
@Suite struct IsolationSettingsTests {
    private static func configuration(_ ofAll: String, _ ofOne: String) throws -> Configuration {
        try ConfigurationReader(environment: [:]).read(
            yaml: """
                roles: { A: { users: [ann] } }
                commands:
                  \(ofAll)
                  allowed: { one: { roles: [A], run: [echo], parameters: [], \(ofOne) } }
                """, path: "test.yaml")
    }

    private static let cases: [(ofAll: String, ofOne: String, isolation: Isolation)] = [
        ("directory: /", "", .none),
        ("directory: /", "isolation: none", .none),
        ("directory: /", "isolation: landlock", .landlock),
        ("directory: /", "run_as: games", .user("games")),
        ("directory: /", "run_as: games, isolation: user", .user("games")),
        ("run_as: games", "", .user("games")),
        ("run_as: games", "run_as: news", .user("news")),
        ("run_as: games", "isolation: none", .none),
        ("run_as: games", "isolation: landlock", .landlock),
        ("run_as: games", "isolation: user", .user("games")),
        ("isolation: landlock", "", .landlock),
        ("isolation: landlock", "isolation: none", .none),
        ("isolation: landlock", "run_as: games", .user("games")),
        ("{ run_as: games, isolation: landlock }", "", .landlock),
        ("{ run_as: games, isolation: landlock }", "isolation: user", .user("games")),
    ]

    @Test(arguments: cases.indices)
    func `a command without its own keys has those of all commands`(_ index: Int) throws {
        let (ofAll, ofOne, isolation) = Self.cases[index]
        let lines = ofAll.hasPrefix("{") ? String(ofAll.dropFirst(2).dropLast(2)).replacing(", ", with: "\n  ") : ofAll
        let command = try #require(try Self.configuration(lines, ofOne).commands.allowed["one"])
        #expect(command.options.isolation == isolation, "\(ofAll), \(ofOne)")
    }

    private static let mistakes: [(String, String, String)] = [
        ("directory: /", "isolation: user", "user needs the name of a user"),
        ("isolation: user", "", "user needs the name of a user"),
        ("directory: /", "run_as: root", "root is never allowed"),
        ("directory: /", "run_as: -x", "expected the name of a user"),
        ("directory: /", "run_as: 'a b'", "expected the name of a user"),
        ("directory: /", "run_as: \"a\\nb\"", "expected the name of a user"),
        ("directory: /", "run_as: games, isolation: landlock", "has no effect with isolation: landlock"),
        ("directory: /", "isolation: jail", "isolation"),
    ]

    @Test(arguments: mistakes.indices)
    func `mistakes are reported`(_ index: Int) {
        let (ofAll, ofOne, words) = Self.mistakes[index]
        let error = #expect(throws: ConfigurationError.self) { try Self.configuration(ofAll, ofOne) }
        #expect(error?.problems.contains { "\($0)".contains(words) } == true, "\(error?.problems ?? [])")
    }

    @Test func `check warns of what does not work`() throws {
        let landlock = try Self.configuration("isolation: landlock", "run_as: no-such-user")
        func warnings(_ configuration: Configuration, _ version: Int32) -> String {
            IsolationAdvice(configuration, landlock: version).warnings.joined(separator: "\n")
        }
        #expect(warnings(landlock, -1).contains("the kernel has no Landlock"))
        #expect(warnings(landlock, 1).contains("cannot move files between directories"))
        #expect(!warnings(landlock, 3).contains("Landlock"))
        #expect(warnings(landlock, 3).contains("no such user"))
        let sudo = try ConfigurationReader(environment: [:]).read(
            yaml: """
                commands: { allowed: { one: { roles: ["*"], run: [sudo, id], isolation: landlock, directory: /tmp } } }
                """, path: "test.yaml")
        #expect(warnings(sudo, 3).contains("sudo cannot work"))
        #expect(warnings(try Self.configuration("directory: /", ""), -1).isEmpty)
    }

    @Test func `doctor reports a kernel without Landlock, and users that cannot be used`() {
        let working = IsolationCheck(landlock: 3, hasProgram: true, withLandlock: ["a"], trials: [])
        #expect(working.findings.map(\.severity) == [.ok])
        #expect(working.findings.first?.text.contains("version 3") == true)
        let trials = [IsolationCheck.Trial(command: "b", user: "games", problem: "remotisan-as: no.")]
        let broken = IsolationCheck(landlock: -1, hasProgram: false, withLandlock: ["a"], trials: trials)
        #expect(broken.findings.map(\.severity) == [.problem, .problem])
        #expect(broken.findings.map(\.text).joined().contains("b cannot run as games. remotisan-as: no."))
        let none = IsolationCheck(landlock: -1, hasProgram: false, withLandlock: [], trials: [])
        #expect(none.findings.map(\.severity) == [.ok])
    }

    @Test func `doctor reports a unit that forbids other users`() {
        func findings(_ text: String, _ hasOtherUsers: Bool) -> [Finding.Severity] {
            UnitCheck(files: [("a.service", "KillMode=process\n\(text)\n")], hasOtherUsers: hasOtherUsers).findings
                .map(\.severity)
        }
        #expect(findings("NoNewPrivileges=yes", true) == [.problem])
        #expect(findings("NoNewPrivileges=yes", false) == [.ok])
        #expect(findings("#NoNewPrivileges=yes", true) == [.ok])
    }

    @Test func `protected paths have no links, and none is below another`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        for name in ["storage", "storage/logs", "conf"] { mkdir("\(path)/\(name)", 0o755) }
        try Data().write(to: URL(fileURLWithPath: path + "/conf/real.yaml"))
        symlink(path + "/conf/real.yaml", path + "/linked.yaml")
        symlink(path + "/storage", path + "/link")
        let paths = ProtectedPaths.all([path + "/link", path + "/storage/logs", path + "/linked.yaml", path + "/gone"])
        #expect(
            Set(paths).subtracting(["/run/remotisan"])
                == [path + "/link", path + "/storage", path + "/linked.yaml", path + "/conf/real.yaml"])
    }
}
