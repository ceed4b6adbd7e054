import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// A responder or broker that inherits processes, as the first process of a container does, reaps them.
@Suite struct ReapingTests {
    /// Words before a program that make it a subreaper, prctl(2).
    private static let subreaper = [
        "/usr/bin/python3", "-I", "-c",
        "import ctypes, os, sys; ctypes.CDLL(None).prctl(36, 1, 0, 0, 0); os.execv(sys.argv[1], sys.argv[1:])",
    ]

    @Test func `a responder that inherits supervisors leaves no zombie`() async throws {
        try await Installation.run { installation in
            await installation.responder?.stop()
            let responder = try installation.spawn(
                Self.subreaper + [
                    Places.programs + "/remotisan-fcgi", "--config", installation.configuration, "--listen",
                    "unix:" + installation.socket,
                ], output: "responder.log")
            try await waitUntil("the new responder") {
                try await installation.send(HTTPRequest(target: "/remotisan/health", headers: [Visitor.basic("ann")]))
                    .status == 200
            }
            let ann = try await installation.person("ann")
            let jobs = try await [ann.start("await", "go"), ann.start("await", "go 3"), ann.start("await", "go")]
            var supervisors: [pid_t] = []
            for uuid in jobs { supervisors.append(try await installation.record(uuid).supervisor.pid) }
            // The first process of each start is its parent for a moment.
            try await waitUntil("the inheritance") {
                supervisors.allSatisfy { ProcessTable.entry($0)?.parent == responder.pid }
            }
            try installation.touch("go")
            for uuid in jobs { _ = try await ann.settled(uuid) }
            try await waitUntil("the reaping") { supervisors.allSatisfy { ProcessTable.entry($0) == nil } }
            // The status of the first process of each start is still read.
            let reply = try await ann.post("/execute", ["command": "gone", "params": ""])
            #expect(reply.status == 400 || reply.status == 404 || reply.status == 422)
            #expect(try await ann.settled(try await ann.start("ends", "0")).status == .completed)
        }
    }

    @Test func `a broker that inherits supervisors leaves no zombie, and reads the status of its own programs`()
        async throws
    {
        let sample = SampleConfiguration(commands: [
            "queued": "roles: [\"*\"], run: [\(Places.fixtures)/await], max_running: 1, when_full: queue",
            "client": "roles: [\"*\"], run: [sleep], kill: { run: [sh, -c, 'exit 7'], grace: 100ms }",
        ])
        try await Installation.run(.nginx, sample) { installation in
            let broker = try installation.spawn(
                Self.subreaper + [
                    Places.programs + "/remotisan-broker", "watch", "--for", "300", "--config",
                    installation.configuration,
                ], output: "broker.log")
            try await waitUntil("a broker on watch") { installation.isBrokerWatching }
            let ann = try await installation.person("ann")
            let first = try await ann.start("queued", "first")
            let second = try await ann.start("queued", "second")
            try installation.touch("first")
            _ = try await ann.settled(first)
            let supervisor = try await installation.record(second).supervisor.pid
            // The first process of the start is its parent for a moment.
            try await waitUntil("the inheritance") { ProcessTable.entry(supervisor)?.parent == broker.pid }
            try installation.touch("second")
            _ = try await ann.settled(second)
            try await waitUntil("the reaping") { ProcessTable.entry(supervisor) == nil }
            for _ in 1...5 {
                let client = try await ann.start("client", "600")
                #expect(try await ann.kill(client).status == 200)
                #expect(try await ann.settled(client).status == .killed)
                #expect(try installation.log(client).contains("KILL PROGRAM: exit code 7\n"))
            }
        }
    }
}
