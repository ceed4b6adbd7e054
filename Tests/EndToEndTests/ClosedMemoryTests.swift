import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// Jobs run as the user of the service, and its processes keep their memory closed (PR_SET_DUMPABLE).
@Suite(.enabled(if: ServiceAccount.isSeparate, "the tests may be root, whom nothing is closed to"))
struct ClosedMemoryTests {
    @Test func `a job can read neither memory nor environment of responder, broker and supervisors`() async throws {
        let sample = SampleConfiguration(commands: [
            "look": "roles: [\"*\"], run: [sh, -c, 'head -c 1 /proc/\"$0\"/environ && echo OPENED; exit 0']"
        ])
        try await Installation.run(.nginx, sample) { installation in
            let ann = try await installation.person("ann")
            let broker = try await installation.startBroker()
            let uuid = try await ann.start("sleep", "600")
            let record = try await installation.record(uuid)
            let responder = try #require(installation.responder)
            let collector = try await installation.collector(uuid)
            for pid in [responder.pid, broker.pid, record.supervisor.pid, collector] {
                for file in ["environ", "mem", "maps", "fd"] {
                    var status = stat()
                    #expect(stat("/proc/\(pid)/\(file)", &status) == 0)
                    #expect(status.st_uid == 0, "\(file) of \(ProcessFacts(pid: pid).arguments)")
                }
                #expect(try await ann.follow(try await ann.start("look", "\(pid)")).text.contains("OPENED") == false)
            }
            // The jobs themselves are open to their user.
            #expect(try await ann.follow(try await ann.start("look", "\(record.command.pid)")).text.contains("OPENED"))
            // A command is still ended before the programs that supervise it, if memory runs out.
            let score = String(decoding: ProcessFacts.read("/proc/\(record.command.pid)/oom_score_adj"), as: UTF8.self)
            #expect(Int(score.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0 >= 500)
        }
    }

    @Test func `nginx passes tokens to the responder, but no names and passwords`() async throws {
        try await Installation.run { installation in
            await installation.responder?.stop()
            unlink(installation.socket)
            let listener = """
                import os, socket, sys
                s = socket.socket(socket.AF_UNIX)
                s.bind(sys.argv[1] + ".new")
                os.chmod(sys.argv[1] + ".new", 0o777)
                s.listen()
                os.rename(sys.argv[1] + ".new", sys.argv[1])
                while True:
                    c, _ = s.accept()
                    print(repr(c.recv(65536)), flush=True)
                    c.close()
                """
            try installation.spawn(
                ["/usr/bin/python3", "-c", listener, installation.socket], output: "requests.log", asService: false)
            try await waitUntil("the socket") { access(installation.socket, F_OK) == 0 }
            func request(_ header: (name: String, value: String)) async throws -> String {
                let before = ProcessFacts.read(installation.directory + "/requests.log").count
                _ = try await installation.send(HTTPRequest(target: "/remotisan/health", headers: [header]))
                let path = installation.directory + "/requests.log"
                try await waitUntil("the request") { ProcessFacts.read(path).count > before }
                return String(decoding: ProcessFacts.read(path).dropFirst(before), as: UTF8.self)
            }
            let basic = try await request(Visitor.basic("ann"))
            #expect(basic.contains("REMOTISAN_USER") && basic.contains("ann"))
            #expect(!basic.contains("Basic") && !basic.contains("HTTP_AUTHORIZATION"), "\(basic)")
            let bearer = try await request(("Authorization", "Bearer some-token"))
            #expect(bearer.contains("HTTP_AUTHORIZATIONBearer some-token"), "\(bearer)")
        }
    }

    @Test func `a database password of the environment is passed on to no program`() async throws {
        let environment = ["PGPASSWORD": "hunter22hunter", "PGSSLPASSWORD": "hunter22hunter", "PGUSER": "someone"]
        try await Installation.run(.nginx, environment: environment) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("sleep", "600")
            let record = try await installation.record(uuid)
            let found = ProcessFacts(pid: record.supervisor.pid).environment
            #expect(found.contains("REMOTISAN_BROKER_PGUSER=someone"))
            #expect(!found.contains { $0.contains("hunter22hunter") })
        }
    }
}
