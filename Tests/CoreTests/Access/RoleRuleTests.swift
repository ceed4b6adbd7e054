import TestSupport
import Testing

@testable import Core

struct RoleRuleTests {
    private static let caller = Credentials(
        user: "ann", groups: ["dev", "ops"], claims: ["dept": ["x", "y"]], cgiVariables: ["SSL_CLIENT_S_DN_O": "Lab"])

    @Test(arguments: [
        (RoleRule(), false), (RoleRule(users: ["ann"]), true), (RoleRule(users: ["bob"]), false),
        (RoleRule(users: ["Ann"]), false), (RoleRule(groups: ["ops", "z"]), true), (RoleRule(groups: ["z"]), false),
        (RoleRule(claims: ["dept": ["y"]]), true), (RoleRule(claims: ["dept": ["z"]]), false),
        (RoleRule(claims: ["other": ["x"]]), false), (RoleRule(claims: ["dept": []]), false),
        (RoleRule(cgiVariables: ["SSL_CLIENT_S_DN_O": ["Lab"]]), true),
        (RoleRule(cgiVariables: ["SSL_CLIENT_S_DN_O": []]), false),
        (RoleRule(cgiVariables: ["OTHER": ["Lab"]]), false), (RoleRule(users: ["bob"], groups: ["dev"]), true),
    ])
    func `a role requires one of its conditions`(_ rule: RoleRule, _ matches: Bool) {
        #expect(rule.matches(Self.caller) == matches)
    }

    @Test func `a rule without conditions is empty and matches nobody`() {
        #expect(RoleRule().isEmpty)
        #expect(RoleRule(claims: ["a": []], cgiVariables: ["b": []]).isEmpty)
        #expect(!RoleRule(claims: ["a": ["x"]]).isEmpty)
        #expect(!RoleRule().matches(Credentials(user: "")))
    }
}
