import Foundation
import Testing

@testable import Core

/// The identity comes from the web server or a token, never from the request itself.
@Suite struct IdentityTests {
    @Test(arguments: WebServer.allCases)
    func `an API token grants the rights of its user and roles`(_ web: WebServer) async throws {
        try await Installation.run(web) { installation in
            let made = try await installation.broker("token", "create", "--user", "robot", "--role", "SUPPORT")
            #expect(made.status == 0)
            let token = made.out.trimmingCharacters(in: .whitespacesAndNewlines)
            let robot = installation.bearer(token)
            // It needs no CSRF token, because a page of another site cannot send this header.
            let uuid = try await robot.start("greet", "robot")
            #expect(try await robot.follow(uuid).text == "Hello robot\n")
            #expect(try await robot.settled(uuid).user_identifier == "robot")
            #expect(try await robot.post("/execute", ["command": "deploy", "params": ""]).status == 400)

            for wrong in ["", "nonsense", token + "0", "rms_" + String(repeating: "0", count: 64)] {
                let reply = try await installation.bearer(wrong).get("/commands")
                #expect(reply.status == 401, "Bearer \(wrong)")
            }
        }
    }

    @Test(arguments: WebServer.allCases)
    func `requests without an identity are refused`(_ web: WebServer) async throws {
        try await Installation.run(web) { installation in
            let nobody = Visitor(installation: installation, headers: [])
            let wrongPassword = Visitor(
                installation: installation,
                headers: [("Authorization", "Basic " + Data("carol:guess".utf8).base64EncodedString())])
            for path in ["", "/", "/commands", "/history", "/filters", "/execute/\(JobUUID())?offset=0", "/metrics"] {
                #expect(try await nobody.get(path).status == 401, "\(path)")
                #expect(try await wrongPassword.get(path).status == 401, "\(path)")
            }
            #expect(try await nobody.post("/execute", ["command": "greet", "params": ""]).status == 401)
            #expect(try await nobody.post("/kill/\(JobUUID())").status == 401)
            // A known user without a role sees the page but no command.
            let dave = try await installation.person("dave")
            #expect(try await dave.get("/commands").text.contains("greet") == false)
            #expect(try await dave.post("/execute", ["command": "greet", "params": ""]).status == 400)
        }
    }

    @Test(arguments: WebServer.allCases)
    func `a request cannot choose its user`(_ web: WebServer) async throws {
        try await Installation.run(web) { installation in
            let made = try await installation.broker("token", "create", "--user", "robot", "--role", "SUPPORT")
            let token = made.out.trimmingCharacters(in: .whitespacesAndNewlines)
            let claims: [(name: String, value: String)] = [
                ("Remotisan-User", "carol"), ("REMOTISAN_USER", "carol"), ("Remotisan-Groups", "devops"),
                ("REMOTISAN_GROUPS", "devops"), ("Remote-User", "carol"), ("REMOTE_USER", "carol"),
                ("X-Remote-User", "carol"), ("X-Forwarded-User", "carol"),
            ]
            let ann = try await installation.person("ann")
            for (visitor, name) in [(ann, "ann"), (installation.bearer(token), "robot")] {
                let liar = Visitor(installation: installation, headers: visitor.headers + claims)
                let uuid = try await liar.start("greet")
                #expect(try await ann.settled(uuid).user_identifier == name)
                #expect(try await liar.post("/execute", ["command": "deploy", "params": ""]).status == 400)
            }
            let unknown = Visitor(
                installation: installation, headers: [("Authorization", "Bearer nonsense")] + claims)
            #expect(try await unknown.get("/commands").status == 401)
            // A second Authorization field is refused, or does not name the user.
            let both = Visitor(
                installation: installation, headers: [("Authorization", "Bearer nonsense"), Visitor.basic("carol")])
            #expect([400, 401].contains(try await both.get("/commands").status))
        }
    }

    @Test func `another site cannot act for a logged-in person`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let body = ["command": "greet", "params": ""]
            let without = Visitor(installation: installation, headers: [Visitor.basic("ann")])
            #expect(try await without.post("/execute", body).status == 419)
            let stolen = try await installation.person("bob").headers.filter { $0.name == "X-CSRF-TOKEN" }
            let mixed = Visitor(installation: installation, headers: [Visitor.basic("ann")] + stolen)
            #expect(try await mixed.post("/execute", body).status == 419)
            for foreign in [("Origin", "https://elsewhere.example"), ("Sec-Fetch-Site", "cross-site")] {
                let visitor = Visitor(installation: installation, headers: ann.headers + [foreign])
                #expect(try await visitor.post("/execute", body).status == 403)
            }
        }
    }

    @Test(arguments: WebServer.allCases)
    func `a name that is not UTF-8 is refused, and one beyond ASCII is not`(_ web: WebServer) async throws {
        try await Installation.run(web) { installation in
            let passwords = installation.directory + "/server/htpasswd"
            let known = ProcessFacts.read(passwords)
            let hash = try #require(
                known.split(separator: UInt8(ascii: "\n")).first { $0.starts(with: Array("ann:".utf8)) }
            ).dropFirst(3)
            let names: [[UInt8]] = [Array("jos".utf8) + [0xE9], Array("jos".utf8) + [0xE8], Array("josé".utf8)]
            try Data(known + names.flatMap { $0 + hash + [UInt8(ascii: "\n")] }).write(
                to: URL(fileURLWithPath: passwords))
            for (name, status) in zip(names, [400, 400, 200]) {
                let login = Data(name + Array(":ann".utf8)).base64EncodedString()
                let visitor = Visitor(installation: installation, headers: [("Authorization", "Basic \(login)")])
                for path in ["/", "/commands", "/history"] {
                    let reply = try await visitor.get(path)
                    #expect(reply.status == status, "\(name) \(path) \(reply.text.prefix(200))")
                    if status == 400 { #expect(reply.text.contains("The value of REMOTISAN_USER"), "\(reply.text)") }
                }
            }
        }
    }
}
