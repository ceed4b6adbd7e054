import TestSupport
import Testing

@testable import Core

struct PermissionsTests {
    private static func permissions(_ extraYAML: String = "") throws -> Permissions {
        Permissions(try .sample(Configuration.sampleText + extraYAML))
    }

    private static func person(_ user: String, groups: Set<String> = []) throws -> Person {
        try #require(try permissions().person(Credentials(user: user, groups: groups)))
    }

    @Test func `roles come from users, groups and the token`() throws {
        #expect(try Self.person("ann@lab").roles == ["A"])
        #expect(try Self.person("x", groups: ["a", "b"]).roles == ["A", "B"])
        let token = APIToken(id: 3, name: "n", user: "script", roles: ["B"], createdAt: 1, expiresAt: nil)
        let script = try Self.permissions().person(Credentials(user: "script", token: token))
        #expect(script?.roles == ["B"])
        #expect(script?.token == TokenReference(id: 3, name: "n"))
    }

    @Test func `a person needs an identifier`() throws {
        #expect(try Self.permissions().person(Credentials(user: "", groups: ["a"])) == nil)
        #expect(try Self.permissions("\n").person(Credentials(user: "", groups: ["A"])) == nil)
        #expect(Person(identifier: "", roles: [], isSuperUser: true) == nil)
    }

    @Test func `a command for every role requires at least one role`() throws {
        let everyRole = Command(name: "x", roles: ["*"], run: [])
        let permissions = try Self.permissions()
        #expect(permissions.mayRun(everyRole, by: try Self.person("ann@lab")))
        #expect(!permissions.mayRun(everyRole, by: try Self.person("nora@lab")))
        #expect(
            !permissions.mayRun(everyRole, by: try Self.person("root@lab")), "A super user needs a role, too.")
        #expect(!permissions.mayRun(Command(name: "x", roles: [], run: []), by: try Self.person("ann@lab")))
    }

    @Test(
        arguments: [
            ("ann@lab", "ann@lab", true), ("bob@lab", "ann@lab", false), (nil, "ann@lab", false),
            ("", "ann@lab", false),
            ("ann@lab", "root@lab", true), (nil, "root@lab", true), ("ANN@lab", "ann@lab", false),
            ("ann@lab ", "ann@lab", false),
        ] as [(String?, String, Bool)])
    func `only the owner and super users may kill`(_ owner: String?, _ user: String, _ may: Bool) throws {
        let person = try Self.person(user)
        #expect(try Self.permissions().mayKill(ownedBy: owner, of: nil, by: person) == may)
        #expect(try !Self.permissions("allow_process_kill: false\n").mayKill(ownedBy: owner, of: nil, by: person))
    }

    @Test func `super_users "*" makes everybody with an identifier a super user`() throws {
        let permissions = Permissions(try .sample("super_users: [\"*\"]\n"))
        #expect(permissions.person(Credentials(user: "x"))?.isSuperUser == true)
        #expect(permissions.person(Credentials(user: "")) == nil)
    }

    @Test func `an empty configuration allows nothing`() throws {
        let configuration = try Configuration.sample("")
        let permissions = Permissions(configuration)
        let person = try #require(permissions.person(Credentials(user: "x", groups: ["a"])))
        #expect(person.roles.isEmpty)
        #expect(!person.isSuperUser)
        #expect(Catalogue(configuration).current.commands(for: person, permissions).isEmpty)
        #expect(permissions.visibility(for: person, viewable: []) == .ownAndCommands("x", []))
    }

    @Test func `visibility depends on super_users and should_scope`() throws {
        let ann = try Self.person("ann@lab")
        let root = try Self.person("root@lab")
        let permissions = try Self.permissions()
        #expect(permissions.visibility(for: ann, viewable: ["x"]) == .ownAndCommands("ann@lab", ["x"]))
        #expect(permissions.visibility(for: root, viewable: ["x"]) == .everything)
        let scoped = try Self.permissions("history: { should_scope: true }\n")
        #expect(scoped.visibility(for: ann, viewable: ["x"]) == .own("ann@lab"))
        #expect(scoped.visibility(for: root, viewable: ["x"]) == .own("root@lab"))
    }

    @Test(
        arguments: [
            ("ann@lab", "ann@lab", "only:b", true, true), ("bob@lab", "ann@lab", "only:a", true, false),
            ("bob@lab", "ann@lab", "only:b", false, false), (nil, "ann@lab", "only:a", true, false),
            (nil, "ann@lab", "only:b", false, false), ("bob@lab", "root@lab", "only:b", true, false),
            (nil, "root@lab", "gone", true, false), ("nora@lab", "nora@lab", "gone", true, true),
            ("", "nora@lab", "only:a", false, false), ("re\u{301}", "ré", "gone", false, false),
        ] as [(String?, String, String, Bool, Bool)])
    func `a person sees own executions, and without should_scope those of runnable commands`(
        _ owner: String?, _ user: String, _ command: String, _ isSeen: Bool, _ isSeenScoped: Bool
    ) throws {
        let execution = Execution.sample(user: owner, command: command)
        let person = try Self.person(user)
        let known = Catalogue(try .sample())[command]
        #expect(try Self.permissions().maySee(execution, of: known, by: person) == isSeen)
        let scoped = try Self.permissions("history: { should_scope: true }\n")
        #expect(scoped.maySee(execution, of: known, by: person) == isSeenScoped)
    }
}
