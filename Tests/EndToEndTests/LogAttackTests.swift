import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// Attempts to get another file than a log from the routes that send logs.
@Suite struct LogAttackTests {
    /// Header fields that would make a web server send a file, if they came from the responder.
    private static let fields = [
        "X-Accel-Redirect", "X-Sendfile", "X-LIGHTTPD-send-file", "X-Accel-Internal", "X-Accel-Mapping",
        "Remotisan-Log-Redirect", "REMOTISAN_LOG_REDIRECT", "Remotisan_Log_Redirect", "Remotisan-Log-Sendfile",
        "REMOTISAN_LOG_SENDFILE", "Redirect-Remotisan-Log-Redirect", "X-Remotisan-Log-Redirect", "X-Original-URL",
        "X-Rewrite-URL", "Location", "Remotisan-Instance", "REMOTISAN_INSTANCE_REDIRECT", "X-Forwarded-Prefix",
    ]
    private static let targets = ["/etc/passwd", "/etc/", "/remotisan-logs/../../../../etc/passwd", "on"]

    /// A log whose first lines look like the header of a CGI program's answer.
    private static let sample = SampleConfiguration(commands: [
        "headers":
            #"roles: ["*"], run: [printf, 'X-Accel-Redirect: /etc/passwd\r\nX-Sendfile: /etc/passwd\r\n\r\nx\n']"#
    ])
    private static let log = "X-Accel-Redirect: /etc/passwd\r\nX-Sendfile: /etc/passwd\r\n\r\nx\n"

    @Test(arguments: WebServer.allCases) func `no header of a client redirects a log`(_ web: WebServer) async throws {
        try await Installation.run(web, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("headers")
            _ = try await ann.settled(uuid)
            for name in Self.fields {
                for target in Self.targets {
                    let reply = try await ann.get("/execute/\(uuid)/log", [(name, target)])
                    // A web server may refuse a field, and the responder a repeated variable.
                    if reply.status == 400 { continue }
                    #expect(reply.status == 200, "\(name): \(target): \(reply.status)")
                    #expect(reply.text == Self.log, "\(name): \(target)")
                }
            }
        }
        AttackTable.add(Self.fields.count * Self.targets.count, in: "LogAttackTests")
    }

    /// Addresses of internal locations, of files beside the logs, and of the program.
    private static func addresses(_ uuid: JobUUID) -> [String] {
        [
            "/remotisan-logs/\(uuid).log", "/remotisan-logs/", "/remotisan-logs/../storage/secret",
            "/remotisan-logs/%2e%2e/secret", "/remotisan-logs/..%2fsecret", "/remotisan-logs//etc/passwd",
            "/remotisan-errors/too-large", "/remotisan-instances/127.0.0.1:1/x", "/logs/\(uuid).log",
            "/remotisan/execute/\(uuid)/log/../../../remotisan-logs/\(uuid).log",
            "/remotisan/execute/\(uuid).log/log", "/remotisan/execute//log",
            "/remotisan/execute/..%2f..%2fsecret/log", "/remotisan/logs/\(uuid).log", "/remotisan/assets/../secret",
        ]
    }

    @Test(arguments: WebServer.allCases)
    func `no address leads to a log or a file past the gate`(_ web: WebServer) async throws {
        try await Installation.run(web, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("headers")
            _ = try await ann.settled(uuid)
            for person in [ann, Visitor(installation: installation, headers: [])] {
                for address in Self.addresses(uuid) {
                    let request = HTTPRequest(target: address, headers: person.headers)
                    let reply = try await installation.send(request)
                    #expect([400, 401, 403, 404].contains(reply.status), "\(address): \(reply.status)")
                    #expect(!reply.text.contains("X-Accel-Redirect"), "\(address)")
                }
            }
        }
        AttackTable.add(2 * Self.addresses(JobUUID()).count, in: "LogAttackTests")
    }

    /// The file of nginx has a test of its own in ForgedFilesTests, because nginx opens logs itself.
    @Test(arguments: [WebServer.apacheProxy, .apacheFastCGI, .apacheCGI])
    func `a link in the place of a log is not followed`(_ web: WebServer) async throws {
        try await Installation.run(web, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("headers")
            _ = try await ann.settled(uuid)
            let log = try installation.files(uuid).log
            for target in ["/etc/passwd", installation.configuration, installation.storage + "/secret"] {
                unlink(log)
                try FileManager.default.createSymbolicLink(atPath: log, withDestinationPath: target)
                for address in ["", "?offset=0", "/log", "/log?download"] {
                    let reply = try await ann.get("/execute/\(uuid)\(address)")
                    #expect(!reply.text.contains("root:") && !reply.text.contains("storage:"), "\(target), \(address)")
                    let secret = Array(ProcessFacts.read(target).prefix(16))
                    #expect(!ProcessFacts.contains(reply.body, secret), "\(target), \(address)")
                }
            }
        }
        AttackTable.add(12, in: "LogAttackTests")
    }
}
