import Testing

@testable import Core

/// nginx with `auth_request`: the login of an application provides the identity.
@Suite struct SessionTests {
    private func run(_ body: (Installation) async throws -> Void) async throws {
        try await Installation.run(.nginx, site: "nginx/example-auth-request.conf", body)
    }

    @Test func `a session of the application is a login with its groups`() async throws {
        try await run { installation in
            let ann = try await Visitor(port: installation.port, login: Visitor.session("ann@example.com:support"))
            let uuid = try await ann.start("greet", "session")
            #expect(try await ann.follow(uuid).text == "Hello session\n")
            #expect(try await ann.settled(uuid).user_identifier == "ann@example.com")
            #expect(try await ann.post("/execute", ["command": "deploy", "params": ""]).status == 400)
            #expect(try await ann.kill(uuid).status == 422)
        }
    }

    @Test func `requests without a session, or with a session without a user, are refused`() async throws {
        try await run { installation in
            let claims = [("X-User", "carol"), ("X-Groups", "devops"), Visitor.basic("carol")]
            for headers in [[], [Visitor.session("nameless")], claims, claims + [Visitor.session("nameless")]] {
                let visitor = Visitor(port: installation.port, headers: headers)
                #expect(try await visitor.get("/commands").status == 401, "\(headers)")
            }
            let ann = try await Visitor(port: installation.port, login: Visitor.session("ann:support"))
            let liar = Visitor(port: installation.port, headers: ann.headers + claims)
            #expect(try await liar.post("/execute", ["command": "deploy", "params": ""]).status == 400)
        }
    }

    @Test func `a token needs no session, and provides none`() async throws {
        try await run { installation in
            let made = try await installation.broker("token", "create", "--user", "robot", "--role", "SUPPORT")
            let token = made.out.split(separator: "\n").joined()
            let uuid = try await installation.bearer(token).start("greet", "robot")
            #expect(try await installation.bearer(token).settled(uuid).user_identifier == "robot")
            let both = Visitor(
                port: installation.port,
                headers: [("Authorization", "Bearer nonsense"), Visitor.session("carol:support,devops")])
            #expect(try await both.get("/commands").status == 401)
        }
    }
}
