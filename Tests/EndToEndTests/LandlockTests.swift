import CSystem
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// `isolation: landlock`.
@Suite(.enabled(if: system_landlock_version() >= 1, "the kernel has no Landlock"))
struct LandlockTests {
    private static let keys = "roles: [\"*\"], isolation: landlock"
    private static let sample = SampleConfiguration(commands: [
        "try": "\(keys), run: [sh, -c, '\"$@\" && echo done || echo failed', sh]",
        "free": "roles: [\"*\"], run: [sh, -c, '\"$@\" && echo done || echo failed', sh]",
        "again": "\(keys), run: [sh, -c, 'echo one >/dev/stderr; echo two >/dev/stdout; cat /dev/stdin | wc -c']",
        "terminal": "\(keys), run: [sh, -c, 'test -t 1 && echo yes; echo again >/dev/stderr'], terminal: true",
        "children": "\(keys), run: [sh, -c, 'setsid sleep 604 & sleep 605 & echo ready; wait']",
        "take": """
        \(keys), run: [\(Places.fixtures)/take-files], parameters: [{ name: report, type: file, max_bytes: 8KiB, \
        option: --report }]
        """,
    ])

    private func text(_ command: String, _ words: String, _ ann: Visitor) async throws -> String {
        try await ann.follow(try await ann.start(command, words)).text
    }

    @Test func `a job can read and write neither the storage nor the configuration`() async throws {
        try await Installation.run(.nginx, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let storage = installation.storage
            let denied = [
                "cat \(storage)/secret", "cat \(storage)/remotisan.sqlite", "cat \(installation.configuration)",
                "touch \(storage)/jobs/x", "rm -f \(storage)/run.lock", "mv \(storage)/logs \(storage)/old",
                "ln -s /etc/passwd \(storage)/logs/x", "cp \(storage)/secret \(installation.work)/x",
                "truncate -s 0 \(installation.configuration)", "rm -rf \(storage)/logs/.",
                "mv \(installation.configuration) \(installation.work)/x", "mkfifo \(storage)/jobs/fifo",
                "ln \(storage)/secret \(installation.work)/hard",
            ]
            for words in denied {
                let answer = try await text("try", words, ann)
                #expect(answer.hasSuffix("failed\n"), "\(words): \(answer)")
            }
            #expect(access(storage + "/secret", F_OK) == 0 && access(storage + "/run.lock", F_OK) == 0)
            // Without isolation a job of the same user can.
            #expect(try await text("free", "cat \(storage)/run.lock", ann).hasSuffix("done\n"))
        }
    }

    @Test func `a job cannot read the memory and environment of the service and of other jobs`() async throws {
        try await Installation.run(.nginx, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let other = try await ann.start("sleep", "600")
            let command = try await installation.record(other).command.pid
            for file in ["environ", "mem", "maps"] {
                let answer = try await text("try", "head -c 1 /proc/\(command)/\(file)", ann)
                #expect(answer.hasSuffix("failed\n"), "\(file): \(answer)")
            }
            #expect(try await text("free", "head -c 1 /proc/\(command)/environ", ann).hasSuffix("done\n"))
        }
    }

    @Test func `a job can do everything else`() async throws {
        try await Installation.run(.nginx, Self.sample) { installation in
            let ann = try await installation.person("ann")
            mkdir(installation.work + "/a", 0o777)
            mkdir(installation.work + "/b", 0o777)
            for directory in ["/a", "/b"] { chmod(installation.work + directory, 0o777) }
            let allowed = [
                "ls /", "ls /etc", "ls /var/lib", "cat /etc/passwd", "touch a/file", "mv a/file b/file",
                "ln b/file a/hard", "mkfifo a/fifo", "rm a/fifo b/file", "cat /proc/self/status", "python3 -c 1",
                "dd if=/dev/zero of=/dev/null count=1", "touch /var/tmp/rms-landlock-\(installation.port)",
                "rm /var/tmp/rms-landlock-\(installation.port)", "id",
            ]
            for words in allowed {
                let answer = try await text("try", words, ann)
                #expect(answer.hasSuffix("done\n"), "\(words): \(answer)")
            }
            #expect(try await text("again", "", ann) == "one\ntwo\n0\n")
            #expect(try await text("terminal", "", ann) == "yes\nagain\n")
        }
    }

    @Test func `uploads reach the job, and a kill ends all of it`() async throws {
        try await Installation.run(.nginx, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let file = JSONValue.object(["name": .text("a"), "base64": .text(Data([1, 2]).base64EncodedString())])
            let body: [String: JSONValue] = ["command": .text("take"), "options": .object(["report": file])]
            let reply = try await ann.post("/execute", json: try JSONEncoder().encode(body))
            let uuid = try #require(JobUUID(try reply.json([String: String].self)["id"] ?? ""), "\(reply.text)")
            #expect(try await ann.follow(uuid).text == "report 700 600 0102\n")
            let children = try await ann.start("children")
            try await installation.untilLogged(children, "ready")
            let record = try await installation.record(children)
            let pids = ProcessTable().descendants(of: [record.supervisor.pid]).map(\.identity.pid)
            #expect(pids.count >= 3)
            _ = try await ann.kill(children)
            #expect(try await ann.settled(children).status == .killed)
            #expect(pids.allSatisfy { !ProcessFacts(pid: $0).isAlive })
        }
    }
}
