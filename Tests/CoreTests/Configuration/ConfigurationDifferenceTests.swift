import TestSupport
import Testing

@testable import Core

struct ConfigurationDifferenceTests {
    private static let base = """
        super_users: [root@lab]
        roles:
          A: { users: [ann@lab], groups: [a] }
          B: { groups: [b], claims: { team: [ops] }, cgi_variables: { SSL_O: [Acme] } }
        commands:
          allowed:
            one: { roles: [A], run: [a] }
            two: { roles: [B], run: [b] }
        """

    private static func lines(_ change: (String, String)...) throws -> [String] {
        var text = base
        for (old, new) in change {
            try #require(text.contains(old))
            text = text.replacing(old, with: new)
        }
        let old = try Configuration.sample(base)
        let new = try Configuration.sample(text)
        return ConfigurationDifference(from: (old, Catalogue(old).current), to: (new, Catalogue(new).current)).lines
    }

    @Test func `equal configurations do not differ`() throws {
        #expect(try Self.lines().isEmpty)
    }

    @Test func `a command that is added, removed or changed is named, with the people that it concerns`() throws {
        #expect(
            try Self.lines(("one: { roles: [A], run: [a] }", "three: { roles: [A], run: [a] }")) == [
                "command one: removed.", "command three: added, for A.", "group a: gains three; loses one.",
                "user ann@lab: gains three; loses one.",
            ])
        #expect(try Self.lines(("run: [a]", "run: [c], timeout: 5s")) == ["command one: changes in run, timeout."])
    }

    @Test func `a role that changes hands names who gains and who loses`() throws {
        #expect(
            try Self.lines(("users: [ann@lab], groups: [a]", "users: [bob@lab], groups: [a, c]")) == [
                "role A: users +bob@lab, users -ann@lab, groups +c.", "group c: gains one.", "user ann@lab: loses one.",
                "user bob@lab: gains one.",
            ])
        #expect(
            try Self.lines(("roles: [B]", "roles: [A]")) == [
                "command two: changes in roles.", "claim team=ops: loses two.", "group a: gains two.",
                "group b: loses two.", "user ann@lab: gains two.", "variable SSL_O=Acme: loses two.",
            ])
    }

    @Test func `added and removed super users are named`() throws {
        #expect(
            try Self.lines(("[root@lab]", "[ann@lab]")) == [
                "user ann@lab: becomes a super user.", "user root@lab: is no longer a super user.",
            ])
        #expect(
            try Self.lines(("[root@lab]", "[\"*\"]")).contains("everybody: becomes a super user."))
    }

    @Test func `keys that need a restart are named`() throws {
        let text = "storage: /elsewhere\nthreads: 9\nhistory: { keep: 90d }\nsuper_users"
        #expect(
            try Self.lines(("super_users", text)) == [
                "storage: changes. Nothing of the file is used until the responder is restarted.",
                "threads: changes with the next start of the responder.", "history: changes.",
            ])
    }
}
