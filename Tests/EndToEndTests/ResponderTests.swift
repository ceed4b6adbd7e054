import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// The responder process: its end, its socket, its clients.
@Suite struct ResponderTests {
    @Test func `on SIGTERM it finishes its response, removes its socket, and leaves jobs alone`() async throws {
        try await Installation.run(.apacheProxy) { installation in
            let ann = try await installation.person("ann")
            let running = try await ann.start("sleep", "600")
            let size = 40 << 20
            let flood = try await ann.start("flood", "\(size)")
            _ = try await ann.settled(flood)

            // The client reads 64 KiB and then nothing until the signal was sent.
            let request = HTTPRequest(target: "/remotisan/execute/\(flood)/log", headers: ann.headers)
            let port = installation.port
            let (connection, begun) = try await inThread {
                let connection = try Connection(port: port, receiveBuffer: 1 << 16)
                connection.send(request.bytes)
                return (connection, try connection.receive(1 << 16))
            }
            let responder = try #require(installation.responder)
            responder.signal(SIGTERM)
            try await waitUntil("the responder stops") {
                ProcessFacts.contains(
                    ProcessFacts.read(installation.directory + "/responder.log"), Array("stopping".utf8))
            }
            #expect(responder.ending == nil)
            let rest = try await inThread { try connection.receiveToEnd() }
            let reply = try #require(HTTPReply(begun + rest))
            #expect(reply.status == 200)
            #expect(reply.body.count == size)
            #expect(try await responder.ended() == .code(0))
            #expect(access(installation.socket, F_OK) != 0)

            let command = try await installation.record(running).command
            #expect(ProcessTable.isAlive(command))
            try installation.startResponder()
            try await installation.untilAnswering()
            #expect(try await ann.row(running).status == .running)
        }
    }

    @Test(.enabled(if: ServiceAccount.isSeparate, "only root can become another user"))
    func `on a Unix socket only allowed users get a response`() async throws {
        try await Installation.run { installation in
            // Even if the mode of the file admits everyone.
            chmod(installation.socket, 0o666)
            for known in ["www-data", "root"] {
                let answer = try await answer(as: known, installation)
                #expect(answer.hasPrefix("Status: 200 OK\r\n"), "\(known)")
            }
            for unknown in ["nobody", "games"] {
                let answer = try await answer(as: unknown, installation)
                #expect(answer.isEmpty, "\(unknown)")
            }
        }
    }

    private func answer(as user: String, _ installation: Installation) async throws -> String {
        let process = try installation.spawn(
            [
                "/usr/bin/setpriv", "--reuid=\(user)", "--regid=nogroup", "--clear-groups", "--",
                Places.fixtures + "/fastcgi-get", installation.socket, "/remotisan/commands", "carol",
            ], output: "answer-\(user)", errors: "errors-\(user)", asService: false)
        _ = try await process.ended()
        return String(decoding: ProcessFacts.read("\(installation.directory)/answer-\(user)"), as: UTF8.self)
    }

    @Test func `it does not close a connection before it has read the whole request`() async throws {
        try await Installation.run { installation in
            // Like mod_proxy_fcgi, which sends the record that ends the body separately, even for GET.
            let asking = try installation.spawn(
                [
                    Places.fixtures + "/fastcgi-get", installation.socket, "/remotisan/commands", "carol",
                    installation.work + "/go",
                ], output: "answer", errors: "errors")
            let ann = try await installation.person("ann")
            for _ in 1...5 { #expect(try await ann.get("/commands").status == 200) }
            try installation.touch("go")
            let ending = try await asking.ended()
            #expect(ending == .code(0))
            let answer = ProcessFacts.read(installation.directory + "/answer")
            #expect(String(decoding: answer, as: UTF8.self).hasPrefix("Status: 200 OK\r\n"))
        }
    }

    @Test func `it serves on descriptor 0, as spawn-fcgi starts it`() async throws {
        try await Installation.run { installation in
            let own = try #require(installation.responder)
            await own.stop()
            unlink(installation.socket)
            let account =
                ServiceAccount.isSeparate ? ["-u", ServiceAccount.name, "-g", ServiceAccount.name] : []
            let spawned = try installation.spawn(
                ["/usr/bin/spawn-fcgi", "-n", "-s", installation.socket, "-M", "0660"] + account
                    + ["--", Places.programs + "/remotisan-fcgi", "--config", installation.configuration],
                output: "responder.log", asService: false)
            try await waitUntil("an answer of the spawned responder") {
                let reply = try? await installation.send(
                    HTTPRequest(target: "/remotisan/health", headers: [Visitor.basic("ann")]))
                return reply?.status == 200
            }
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("greet", "spawn-fcgi")
            #expect(try await ann.follow(uuid).text == "Hello spawn-fcgi\n")
            spawned.signal(SIGTERM)
            #expect(try await spawned.ended() == .code(0))
        }
    }

    @Test(arguments: [WebServer.nginx, .apacheProxy])
    func `a second responder takes the socket of a dead one, but not of a living one`(_ web: WebServer) async throws {
        try await Installation.run(web) { installation in
            let program = [
                Places.programs + "/remotisan-fcgi", "--config", installation.configuration, "--listen",
                "unix:" + installation.socket,
            ]
            let second = try installation.spawn(program, output: "second.log")
            #expect(try await second.ended() == .code(1))
            let words = String(decoding: ProcessFacts.read(installation.directory + "/second.log"), as: UTF8.self)
            #expect(words.contains("Another process listens on"))
            let ann = try await installation.person("ann")
            #expect(try await ann.get("/commands").status == 200)

            let first = try #require(installation.responder)
            first.signal(SIGKILL)
            _ = try await first.ended()
            #expect(access(installation.socket, F_OK) == 0)
            let unreachable = try await ann.get("/commands")
            #expect(unreachable.status == (web == .nginx ? 502 : 503))
            if web == .nginx { #expect(unreachable.text.contains("Running jobs go on")) }
            try installation.startResponder()
            try await installation.untilAnswering()
        }
    }

    @Test func `it listens only on loopback addresses`() async throws {
        try await Installation.run { installation in
            for address in ["0.0.0.0:\(Ports.take())", "[::]:\(Ports.take())", "192.0.2.1:9000", "nonsense"] {
                let process = try installation.spawn(
                    [
                        Places.programs + "/remotisan-fcgi", "--config", installation.configuration, "--listen",
                        address,
                    ], output: "refused.log")
                #expect(try await process.ended() == .code(1), "\(address)")
            }
        }
    }
}
