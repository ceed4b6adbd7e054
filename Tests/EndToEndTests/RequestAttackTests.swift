import Foundation
import TestSupport
import Testing

@testable import Core

/// Hostile requests through each web server.
@Suite struct RequestAttackTests {
    /// A request and the statuses that answer it. The web server itself answers some of them.
    private struct Attack {
        let name: String
        var method = "GET"
        var target = "/remotisan/commands"
        var headers: [(name: String, value: String)] = []
        var body: [UInt8] = []
        let statuses: Set<Int>
    }

    /// Names under which a stranger might try to be somebody.
    private static let names = [
        "Remotisan-User", "REMOTISAN_USER", "Remotisan_User", "remotisan-user", "X-Remotisan-User", "Remote-User",
        "REMOTE_USER", "X-Remote-User", "X-Forwarded-User", "X-Authenticated-User", "X-Auth-Request-User", "X-User",
        "Auth-User", "Auth-Type", "X-WebAuth-User", "X-Forwarded-Preferred-Username", "X-Token-User", "Proxy-User",
        "HTTP_REMOTISAN_USER", "Redirect-Remotisan-User", "REDIRECT_REMOTISAN_USER", "REDIRECT_REMOTE_USER",
    ]
    private static let spoofs: [Attack] = names.flatMap { name in
        [[(name: name, value: "carol")], [(name: name, value: "carol"), (name: name, value: "carol")]].map {
            Attack(name: "\(name) × \($0.count)", headers: $0, statuses: [400, 401])
        }
    }

    /// Further names, of groups and roles.
    private static let groups = [
        "Remotisan-Groups", "REMOTISAN_GROUPS", "Remotisan_Groups", "X-Remotisan-Groups", "X-Forwarded-Groups",
        "X-Auth-Request-Groups", "Remote-Groups", "REMOTE_GROUPS", "X-Roles", "REDIRECT_REMOTISAN_GROUPS",
    ]

    private static let authorizations: [Attack] = [
        "Bearer", "Bearer ", "Bearer x", "bearer carol", "Bearer rms_",
        "Bearer rms_" + String(repeating: "0", count: 64),
        "Bearer a.b.c", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJjYXJvbCJ9.", "Basic", "Basic Y2Fyb2w6d3Jvbmc=",
        "Basic Y2Fyb2w=", "Basic !!!", "Negotiate x", "Token carol", "Bearer x, Basic Y2Fyb2w6Y2Fyb2w=",
    ].map { Attack(name: "Authorization: \($0)", headers: [("Authorization", $0)], statuses: [400, 401]) }

    private static let paths: [Attack] = [
        "/remotisan/../remotisan/commands", "/remotisan/%2e%2e/etc/passwd", "/remotisan/assets/../../../etc/passwd",
        "/remotisan/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/remotisan/assets/..%5c..%5cetc%5cpasswd",
        "/remotisan/execute/../../../etc/passwd/log", "/remotisan/execute/%00/log", "/remotisan//history",
        "/remotisan/history;x=/health", "/remotisan/commands%2f", "/remotisan/commands%00", "/remotisan/%c0%ae%c0%ae/",
        "/remotisan/execute/00000000-0000-0000-0000-000000000000", "/remotisan/commands?%ff", "/remotisan/%zz",
    ].map { Attack(name: $0, target: $0, statuses: [400, 401, 403, 404]) }

    private static let methods: [Attack] = ["DELETE", "PUT", "PROPFIND", "get", "FOO"].map {
        Attack(name: $0, method: $0, statuses: [400, 401, 403, 404, 405, 501])
    }

    @Test(arguments: WebServer.allCases) func `strangers get nothing`(_ web: WebServer) async throws {
        let attacks = Self.spoofs + Self.authorizations + Self.paths + Self.methods
        try await Installation.run(web) { installation in
            for attack in attacks {
                let reply = try await Self.send(attack, to: installation)
                #expect(
                    attack.statuses.contains(reply.status), "\(attack.name): \(reply.status) \(reply.text.prefix(300))")
                #expect(!reply.text.contains("root:"), "\(attack.name)")
                #expect(!reply.text.contains("\"commands\""), "\(attack.name)")
            }
        }
        AttackTable.add(attacks.count, in: "RequestAttackTests")
    }

    @Test(arguments: WebServer.allCases)
    func `no header makes a known person another one, or gives roles`(_ web: WebServer) async throws {
        let fields = (Self.names + Self.groups).flatMap { name in
            ["carol", "support,devops", "dave, carol", "\"carol\""].map { (name: name, value: $0) }
        }
        try await Installation.run(web) { installation in
            let dave = try await installation.person("dave")
            let own = try await dave.get("/commands")
            #expect(own.status == 200 && !own.text.contains("\"deploy\""))
            for field in fields {
                let reply = try await dave.get("/commands", [field])
                #expect(reply.status == 400 || reply.body == own.body, "\(field): \(reply.status)")
            }
        }
        AttackTable.add(fields.count, in: "RequestAttackTests")
    }

    /// Bodies of `POST /execute` from a known person.
    private static func bodies() throws -> [Attack] {
        let start = #"{"command":"greet","params":"x"}"#
        func utf(_ encoding: String.Encoding) throws -> [UInt8] { Array(try #require(start.data(using: encoding))) }
        let nested = String(repeating: "[", count: 20_000)
        let values = #"{"command":"greet","arguments":{"a":["# + String(repeating: "1,", count: 20_000) + "1]}}"
        let keys = (1...500).map { "\"k\($0)\":1" }.joined(separator: ",")
        return [
            Attack(name: "UTF-16", body: try utf(.utf16LittleEndian), statuses: [400]),
            Attack(name: "UTF-32", body: try utf(.utf32BigEndian), statuses: [400]),
            Attack(name: "invalid UTF-8", body: Array(#"{"command":"gr"#.utf8) + [0xFF, 0x22, 0x7D], statuses: [400]),
            Attack(name: "zero bytes", body: Array(start.utf8) + [0, 0], statuses: [400]),
            Attack(name: "deep", body: Array(nested.utf8), statuses: [413, 422]),
            Attack(name: "deep object", body: Array(String(repeating: "{\"a\":", count: 9000).utf8), statuses: [422]),
            Attack(name: "many values", body: Array(values.utf8), statuses: [413]),
            Attack(name: "many keys", body: Array("{\(keys)}".utf8), statuses: [422]),
            Attack(name: "empty", body: [], statuses: [422]),
            Attack(name: "list", body: Array("[1]".utf8), statuses: [422]),
            Attack(name: "no command", body: Array(#"{"command":["greet"]}"#.utf8), statuses: [422]),
            Attack(name: "unknown field", body: Array(#"{"command":"greet","run":["id"]}"#.utf8), statuses: [422]),
            Attack(name: "prototype", body: Array(#"{"command":"__proto__"}"#.utf8), statuses: [400]),
            Attack(name: "path", body: Array(#"{"command":"../../bin/sh"}"#.utf8), statuses: [400]),
            Attack(name: "zero in a name", body: Array(#"{"command":"greet\u0000"}"#.utf8), statuses: [400]),
            Attack(name: "option", body: Array(#"{"command":"greet","params":"\u0000"}"#.utf8), statuses: [422]),
        ]
    }

    @Test(arguments: WebServer.allCases) func `hostile bodies start nothing`(_ web: WebServer) async throws {
        let attacks = try Self.bodies()
        try await Installation.run(web) { installation in
            let ann = try await installation.person("ann")
            for attack in attacks {
                var post = attack
                post.method = "POST"
                post.target = "/remotisan/execute"
                post.headers = ann.headers + [("Content-Type", "application/json")]
                let reply = try await Self.send(post, to: installation)
                #expect(
                    attack.statuses.contains(reply.status), "\(attack.name): \(reply.status) \(reply.text.prefix(200))")
            }
            #expect(try await ann.get("/history").json(History.self).total == 0)
        }
        AttackTable.add(attacks.count, in: "RequestAttackTests")
    }

    @Test(arguments: WebServer.allCases) func `another site reads and starts nothing`(_ web: WebServer) async throws {
        try await Installation.run(web) { installation in
            let ann = try await installation.person("ann")
            for path in ["/commands", "/history", "/filters"] {
                #expect(try await ann.get(path, [("Sec-Fetch-Site", "cross-site")]).status == 403, "\(path)")
            }
            var post = HTTPRequest(
                method: "POST", target: "/remotisan/execute", body: Array(#"{"command":"greet"}"#.utf8))
            for more in [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example"), ("Origin", "null")] {
                post.headers = ann.headers + [("Content-Type", "application/json"), more]
                #expect(try await installation.send(post).status == 403, "\(more)")
            }
            post.headers = [Visitor.basic("ann"), ("Content-Type", "application/json")]
            #expect(try await installation.send(post).status == 419)
            post.headers = ann.headers + [("Content-Type", "text/plain")]
            #expect(try await installation.send(post).status == 415)
            #expect(try await ann.get("/history").json(History.self).total == 0)
        }
    }

    @Test func `a person who is refused too often has to wait, and the store does not grow`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            var last = try await ann.post("/execute", ["command": "deploy"])
            for number in 1...RefusalLimit.perPeriod {
                last = try await ann.post("/execute", ["command": "deploy", "params": "\(number % 3)"])
            }
            #expect(last.status == 429)
            #expect(try #require(last.header("retry-after").flatMap { Int($0) }) <= 60)
            let refused = try await installation.broker("history", "--refused").out
            #expect(refused.split(separator: "\n").count <= 4, "\(refused)")
            // Allowed commands and other people are not affected.
            _ = try await ann.start("greet", "x")
            #expect(try await installation.person("bob").post("/execute", ["command": "none"]).status == 400)
        }
    }

    private static func send(_ attack: Attack, to installation: Installation) async throws -> HTTPReply {
        try await installation.send(
            HTTPRequest(
                method: attack.method, target: attack.target, headers: attack.headers, body: attack.body))
    }
}
