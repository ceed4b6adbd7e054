import Foundation
import Glibc
import Testing

@testable import Core

/// Secrets appear nowhere.
@Suite struct SecretTests {
    private static let secret = "hunter2 & \"Söhne\"/$1"
    private static let key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END KEY-----"

    private static let sample = SampleConfiguration(commands: [
        "tell": """
        roles: ["*"], run: [\(Places.fixtures)/tell-secret], parameters: [
          { name: way }, { name: password, type: secret, pass: environment, variable: DB_PASSWORD },
          { name: key, type: secret, pass: stdin, multiline: true }]
        """,
        "print": """
        roles: ["*"], run: [\(Places.fixtures)/print-environment], parameters: [
          { name: password, type: secret, pass: environment, variable: DB_PASSWORD, multiline: true }]
        """,
        "read":
            "roles: [\"*\"], run: [wc, -c], parameters: [{ name: key, type: secret, pass: stdin, multiline: true }]",
        "read twice": """
        roles: ["*"], run: [sh, -c, 'wc -c; wc -c < /proc/$$/fd/0'],
        parameters: [{ name: key, type: secret, pass: stdin, multiline: true }]
        """,
    ])

    private struct Body: Encodable {
        var command = "tell"
        var arguments: [String: String] = [:]
        var options: [String: String] = [:]

        init(_ way: String, _ secret: String = SecretTests.secret, key: String? = nil) {
            arguments = ["way": way]
            options = ["password": secret]
            options["key"] = key
        }
    }

    private func post(_ path: String, _ body: Body, _ visitor: Visitor) async throws -> HTTPReply {
        try await visitor.post(path, json: try JSONEncoder().encode(body))
    }

    private func start(_ body: Body, _ visitor: Visitor) async throws -> JobUUID {
        let reply = try await post("/execute", body, visitor)
        try #require(reply.status == 200, "\(reply.status) \(reply.text)")
        return try #require(JobUUID(try reply.json([String: String].self)["id"] ?? ""))
    }

    @Test func `a secret on standard input cannot be read twice`() async throws {
        try await Installation.run(.nginx, Self.sample) { installation in
            let ann = try await installation.person("ann")
            for length in [70, 16_100] {
                let secret = String(repeating: "s3cr3t-", count: length / 7)
                var body = Body("")
                (body.command, body.arguments, body.options) = ("read twice", [:], ["key": secret])
                let text = try await ann.follow(try await start(body, ann)).text
                #expect(text == "\(length + 1)\n0\n")
            }
        }
    }

    /// Traces of the secret.
    private static let traces = SecretPatterns([Password(secret), Password(key)]).all.map { Data($0) }

    private func isIn(_ bytes: [UInt8]) -> Bool {
        let data = Data(bytes)
        return Self.traces.contains { data.range(of: $0) != nil }
    }

    /// Files of an installation that contain it: the storage, and the logs of responder, broker and web server.
    private func filesWithIt(_ installation: Installation) -> [String] {
        let paths = FileManager.default.enumerator(atPath: installation.directory)?.compactMap { $0 as? String } ?? []
        return paths.filter { isIn(ProcessFacts.read(installation.directory + "/" + $0)) }
    }

    /// Processes with the secret in their arguments.
    private func processesWithIt() -> [pid_t] {
        ProcessTable().entries.keys.filter { isIn(ProcessFacts.read("/proc/\($0)/cmdline")) }
    }

    @Test func `a secret is in no file, argument or response, however the command prints it`() async throws {
        try await Installation.run(.nginx, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let waiting = try await start(Body("wait"), ann)
            try await installation.untilLogged(waiting, "ready ***")
            #expect(processesWithIt() == [])
            // The supervisor never had it, and the environment of the filter is empty.
            let record = try await installation.record(waiting)
            #expect(!isIn(ProcessFacts.read("/proc/\(record.supervisor.pid)/environ")))
            #expect(isIn(ProcessFacts.read("/proc/\(record.command.pid)/environ")), "where the command finds it")
            try installation.touch("go")
            #expect(try await ann.follow(waiting).text == "ready ***\nafter ***\n")

            let uuid = try await start(Body("all", key: Self.key), ann)
            let (text, last, _) = try await ann.follow(uuid)
            #expect(last.exit_code == 0)
            let lines = text.split(separator: "\n").map(String.init)
            #expect(lines.contains("raw:***"))
            #expect(lines.contains("bytes:***"))
            #expect(lines.contains("two:***"))
            #expect(lines.contains("DB_PASSWORD=***"))
            #expect(lines.contains("input:***"))
            #expect(lines.contains { $0.hasPrefix("url:*** ***") })
            #expect(text.hasSuffix("last words"), "\(text.suffix(100))")
            let row = try await ann.settled(uuid)
            #expect(row.parameters == "--password --key all")

            // Refused attempts: in the line, under a wrong name, in a stored parameter, for no command.
            let quoted = ShellWords.quote(Self.secret)
            for line in [
                "--password=\(quoted)", "--password \(quoted)", "--pasword=\(quoted)", "all \(quoted)", quoted + " '",
            ] {
                for path in ["/execute", "/check"] {
                    let reply = try await ann.post(path, ["command": "tell", "params": line])
                    #expect(reply.status == 422, "\(line): \(reply.text)")
                    #expect(!isIn(reply.body), "\(line): \(reply.text)")
                }
            }
            var wrong = Body("all")
            wrong.options = ["pasword": Self.secret]
            #expect(try await post("/execute", wrong, ann).status == 422)
            wrong.arguments = ["way": Self.secret]
            wrong.options = ["password": Self.secret]
            #expect(try await post("/execute", wrong, ann).status == 422)
            #expect(try await ann.post("/execute", ["command": "tel", "params": "--password=\(quoted)"]).status == 400)
            wrong.command = "tel"
            #expect(try await post("/execute", wrong, ann).status == 400)
            let check = try await post("/check", Body("all"), ann)
            #expect(check.status == 200)
            #expect(try await post("/execute", Body("all", "s\0cret"), ann).status == 422)

            for path in ["/history", "/execute/\(uuid)", "/execute/\(uuid)/log", "/commands", "/"] {
                #expect(!isIn(try await ann.get(path).body), "\(path)")
            }
            #expect(!isIn(check.body))
            #expect(!isIn(Array(try await installation.broker("history", "--refused").out.utf8)))
            #expect(filesWithIt(installation) == [])
        }
    }

    @Test func `any value arrives byte for byte`() async throws {
        try await Installation.run(.nginx, Self.sample) { installation in
            let ann = try await installation.person("ann")
            for value in [
                "$(touch X)", "`touch X`", ";touch X", "&& touch X", "| touch X", "****", "~root", "--env=x", "@file",
                "a\nb\n",
                "----", String(repeating: "x", count: 5001), String(repeating: "é\n", count: 5000),
            ] {
                var body = Body("", value)
                (body.command, body.arguments) = ("print", [:])
                let uuid = try await start(body, ann)
                // print-environment writes NUL between variables. The value itself is masked.
                let text = try await ann.follow(uuid).text
                #expect(text.contains("DB_PASSWORD=***"), "\(value.prefix(20))")
                body = Body("")
                (body.command, body.arguments, body.options) = ("read", [:], ["key": value])
                let length = value.utf8.count + (value.hasSuffix("\n") ? 0 : 1)
                #expect(try await ann.follow(try await start(body, ann)).text == "\(length)\n", "\(value.prefix(20))")
            }
            for value in ["-", "*", "a\0bcd", String(repeating: "x", count: 16 * 1024 + 1)] {
                let reply = try await post("/execute", Body("all", value), ann)
                #expect(reply.status == 422, "\(value.prefix(20)): \(reply.text)")
            }
            #expect(access(installation.work + "/X", F_OK) != 0)
        }
    }

    @Test func `output of remaining processes is masked after the end, and an incomplete secret is not shown`()
        async throws
    {
        try await Installation.run(.nginx, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await start(Body("leave"), ann)
            #expect(try await ann.settled(uuid).left_behind == 1)
            #expect(try installation.log(uuid) == "daemon:", "the half is held back")
            try installation.touch("go")
            try await installation.untilLogged(uuid, "daemon:*** still *** masked\n")
            let dying = try await start(Body("die"), ann)
            #expect(try await ann.settled(dying).signal == "KILL")
            #expect(try await ann.follow(dying).text == "dying ***")
            #expect(filesWithIt(installation) == [])
        }
    }

    @Test func `a job with a secret can be killed like any other`() async throws {
        try await Installation.run(.nginx, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await start(Body("wait"), ann)
            try await installation.untilLogged(uuid, "ready ***")
            let collector = try await installation.collector(uuid)
            #expect(try await ann.kill(uuid).status == 200)
            #expect(try await ann.settled(uuid).status == .killed)
            try await installation.untilGone([collector])
            let log = try installation.log(uuid)
            #expect(log.hasPrefix("ready ***\nPROCESS KILLED BY ann AT "), "\(log)")
        }
    }
}
