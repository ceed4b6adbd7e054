import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// The output of a job reaches its log whole and in order, however the job opens it and whoever dies.
@Suite struct CollectorTests {
    private static func sample(
        _ scripts: [String], top: String = "kill: { grace: 300ms }", more: String = "terminal: false"
    ) -> SampleConfiguration {
        var commands: [String: String] = [:]
        for (number, script) in scripts.enumerated() {
            let quoted = script.replacing("'", with: "''")
            commands["script-\(number)"] = "roles: [\"*\"], run: [sh, -c, '\(quoted)'], \(more)"
        }
        return SampleConfiguration(top: top, commands: commands)
    }

    private static let count = 150_000

    /// The numbers below a limit, one a line.
    private static func numbers(_ limit: Int) -> String {
        (0..<limit).map { "\($0)\n" }.joined()
    }

    @Test(arguments: [false, true])
    func `200 deaths of the collector lose, repeat and reorder no line`(_ isTerminal: Bool) async throws {
        let script = "i=0; while [ ! -e go ]; do echo $i; i=$((i+1)); done"
        let sample = Self.sample([script], more: "terminal: \(isTerminal)")
        try await Installation.run(.nginx, sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("script-0")
            var deaths = 0
            let deadline = Clock.boottimeMilliseconds() + 60_000
            while deaths < 200 {
                try #require(Clock.boottimeMilliseconds() < deadline, "No collector after \(deaths) deaths")
                for collector in try installation.collectors(uuid) where kill(collector, SIGKILL) == 0 { deaths += 1 }
            }
            try installation.touch("go")
            #expect(try await ann.settled(uuid).status == .completed)
            let log = try installation.log(uuid)
            let count = log.utf8.count { $0 == UInt8(ascii: "\n") }
            #expect(count > 1000)
            #expect(log == Self.numbers(count))
            let files = try installation.files(uuid)
            try await waitUntil("the end of the output") { files.openOutput == nil }
        }
    }

    @Test func `deaths of collector, supervisor and broker in turn lose, repeat and reorder no line`() async throws {
        let script = "i=0; while [ ! -e go ]; do echo $i; i=$((i+1)); done"
        try await Installation.run(.nginx, Self.sample([script])) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("script-0")
            let record = try await installation.record(uuid)
            let log = try installation.files(uuid).log
            /// Waits until the output flows, and until two processes have it again.
            func untilCollected(after death: String) async throws {
                let size = FileStatus(ofPath: log)?.size ?? 0
                try await waitUntil("more output after the death of \(death)") {
                    let processes =
                        try installation.collectors(uuid).count
                        + (ProcessTable.isAlive(record.supervisor) ? 1 : 0)
                    return processes >= 2 && FileStatus(ofPath: log)?.size ?? 0 > size
                }
            }
            for round in 0..<6 {
                let broker = try await installation.startBroker()
                kill(try #require(try installation.collectors(uuid).randomElement()), SIGKILL)
                try await untilCollected(after: "a collector")
                if round == 2 {
                    // From now on there are a collector and a process that replaces it, and one of these dies.
                    try installation.signal(record.supervisor, SIGKILL)
                    try await untilCollected(after: "the supervisor")
                }
                broker.signal(SIGKILL)
                #expect(try await broker.ended() == .signal(SIGKILL))
                kill(try #require(try installation.collectors(uuid).randomElement()), SIGKILL)
                try await untilCollected(after: "a collector without a broker")
                #expect(ProcessTable.isAlive(record.command))
            }
            _ = try await installation.startBroker()
            try installation.touch("go")
            try await installation.untilLogged(uuid, "LOST: ")
            #expect(try await ann.settled(uuid).lost)
            let text = try installation.log(uuid)
            let lines = text.prefix { $0 != "L" }
            let count = lines.utf8.count { $0 == UInt8(ascii: "\n") }
            #expect(count > 1000)
            #expect(lines == Self.numbers(count)[...])
            let files = try installation.files(uuid)
            try await waitUntil("the end of the output") { files.openOutput == nil }
        }
    }

    @Test func `a broker starts a collector if supervisor and collector were killed`() async throws {
        // Its output is larger than any FIFO, and ends when the test says so.
        let script = "seq 0 \(Self.count - 1); until [ -e go ]; do sleep 0.05; done"
        try await Installation.run(.nginx, Self.sample([script])) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("script-0")
            let record = try await installation.record(uuid)
            try installation.signal(record.supervisor, SIGKILL)
            // The command waits for room in its FIFO while it has no collector.
            for _ in 0..<5 {
                for collector in try installation.collectors(uuid) { kill(collector, SIGKILL) }
                #expect(ProcessTable.isAlive(record.command))
                #expect(try await installation.broker("watch", "--for", "0").status == 0)
            }
            let files = try installation.files(uuid)
            try await installation.untilLogged(uuid, "\n\(Self.count - 1)\n")
            try installation.touch("go")
            try await waitUntil("the end of the output") { files.openOutput == nil }
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            #expect(try installation.log(uuid).hasPrefix(Self.numbers(Self.count)))
            #expect(try await ann.settled(uuid).lost)
        }
    }

    @Test func `the output of processes that a command leaves is collected after its end`() async throws {
        let script = "echo now; (until [ -e go ]; do sleep 0.05; done; echo late) & exit 0"
        try await Installation.run(.nginx, Self.sample([script])) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("script-0")
            #expect(try await ann.settled(uuid).status == .completed)
            #expect(try installation.log(uuid) == "now\n")
            let collector = try installation.collectors(uuid).first
            kill(try #require(collector), SIGKILL)
            try await installation.untilGone([try #require(collector)])
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            try installation.touch("go")
            try await installation.untilLogged(uuid, "late\n")
            #expect(try installation.log(uuid) == "now\nlate\n")
        }
    }

    @Test func `a log that someone deletes or shortens gets a line about it and goes on`() async throws {
        let script = "for i in 1 2 3; do until [ -e go$i ]; do sleep 0.02; done; echo line $i; done"
        try await Installation.run(.nginx, Self.sample([script])) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("script-0")
            try installation.touch("go1")
            try await installation.untilLogged(uuid, "line 1\n")
            unlink(try installation.files(uuid).log)
            try installation.touch("go2")
            try await installation.untilLogged(uuid, "line 2\n")
            #expect(try installation.log(uuid).hasPrefix("[Someone deleted this log"))
            #expect(truncate(try installation.files(uuid).log, 9) == 0)
            try installation.touch("go3")
            #expect(try await ann.settled(uuid).status == .completed)
            let log = try installation.log(uuid)
            #expect(log.hasPrefix("[Someone \n[Someone shortened this log"), "\(log)")
            #expect(log.hasSuffix("\nline 3\n"))
        }
    }

    @Test func `a log never takes more space than its limit`() async throws {
        let sample = Self.sample(["seq 1000000"], top: "logger: { max_bytes: 1MiB }")
        try await Installation.run(.nginx, sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("script-0")
            #expect(try await ann.settled(uuid).status == .completed)
            let status = try #require(FileStatus(ofPath: try installation.files(uuid).log))
            #expect(status.size == 6_888_896)
            #expect(status.allocated <= 1 << 20)
            let text = try await ann.follow(uuid).text
            #expect(text.hasPrefix("1\n2\n3\n"))
            #expect(text.contains("bytes left out here"))
            #expect(text.hasSuffix("\n999999\n1000000\n"))
        }
    }

    @Test func `the times of the lines can be read`() async throws {
        let script = "for i in 1 2 3; do until [ -e go$i ]; do sleep 0.02; done; echo line $i; done"
        try await Installation.run(.nginx, Self.sample([script])) { installation in
            let ann = try await installation.person("ann")
            let begun = Clock.realtimeMilliseconds()
            let uuid = try await ann.start("script-0")
            for number in 1...3 {
                try installation.touch("go\(number)")
                try await installation.untilLogged(uuid, "line \(number)\n")
                // The index has at most one record in 10 ms.
                let now = Clock.realtimeMilliseconds()
                try await waitUntil("20 ms later") { Clock.realtimeMilliseconds() > now + 20 }
            }
            #expect(try await ann.settled(uuid).status == .completed)
            let answer = try await ann.get("/execute/\(uuid)?offset=0&times=1").json(Times.self)
            #expect(answer.times?.map(\.[0]) == [0, 7, 14])
            let times = answer.times?.map { $0[1] } ?? []
            #expect(times == times.sorted())
            #expect(times.allSatisfy { (begun...Clock.realtimeMilliseconds()).contains($0) })
            let part = try await ann.get("/execute/\(uuid)?offset=9&times=1").json(Times.self)
            #expect(part.times?.map(\.[0]) == [7, 14])
            #expect(try await ann.get("/execute/\(uuid)?offset=0").json(Times.self).times == nil)
            let printed = try await installation.broker("log", uuid.description, "--times").out
            let lines = printed.split(separator: "\n")
            #expect(lines.count == 3)
            #expect(lines.allSatisfy { $0.contains(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z  line \d$/) }, "\(printed)")
        }
    }

    @Test func `the index of times stays small beside a log of short lines`() async throws {
        let script = "for i in 1 2; do until [ -e go$i ]; do sleep 0.02; done; echo line $i; done; sleep 600"
        try await Installation.run(.nginx, Self.sample([script])) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("script-0")
            let index = try installation.files(uuid).times
            try installation.touch("go1")
            try await installation.untilLogged(uuid, "line 1\n")
            let file = try Descriptor(opening: index, O_WRONLY | O_APPEND)
            try file.write([UInt8](repeating: 0, count: 4 << 20), to: index)
            let size = try #require(FileStatus(ofPath: index)?.size)
            // The next collector begins with this size.
            let collector = try await installation.collector(uuid)
            kill(collector, SIGKILL)
            try await installation.untilGone([collector])
            try installation.touch("go2")
            try await installation.untilLogged(uuid, "line 2\n")
            #expect(FileStatus(ofPath: index)?.size == size)
            #expect(try await ann.kill(uuid).status == 200)
        }
    }

    @Test func `a command that leaves a process on its silent terminal ends at once`() async throws {
        let sample = Self.sample(["sleep 600 & exit 3"], more: "terminal: true")
        try await Installation.run(.nginx, sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("script-0")
            let row = try await ann.settled(uuid)
            #expect(row.exit_code == 3)
            // Without an answer of its collector within 10 s, the supervisor says that the log is incomplete.
            #expect(row.reason == nil)
        }
    }

    @Test func `a program with a terminal prints at once, and sees its size`() async throws {
        let program = "import os, sys; print(os.get_terminal_size(1), sys.stdin.isatty(), os.environ['TERM']); input()"
        let sample = SampleConfiguration(commands: [
            "terminal": """
            roles: ["*"], run: [python3, -c, "\(program)"], terminal: true, columns: 90, rows: 20, success_exit_codes: [1]
            """
        ])
        try await Installation.run(.nginx, sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("terminal")
            let row = try await ann.settled(uuid)
            #expect(row.status == .completed, "Its exit code means success.")
            #expect(row.exit_code == 1)
            let log = try installation.log(uuid)
            #expect(log.hasPrefix("os.terminal_size(columns=90, lines=20) False xterm-256color\n"), "\(log)")
            #expect(log.contains("EOFError"))
            #expect(!log.contains("\r"))
        }
    }

    @Test func `a command has its own umask, priority and limits`() async throws {
        let sample = SampleConfiguration(commands: [
            "limited": """
            roles: ["*"], run: [sh, -c, 'umask; nice; ulimit -n; ulimit -t; ulimit -f'], umask: "077", nice: 7,
            limits: { open_files: 50, cpu_seconds: 8, file_size: 1MiB }
            """,
            "flooding": "roles: [\"*\"], run: [seq, 300000], limits: { file_size: 1KiB }",
        ])
        try await Installation.run(.nginx, sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("limited")
            // dash counts the size of files in blocks of 512 bytes.
            #expect(try await ann.follow(uuid).text == "0077\n7\n50\n8\n2048\n")
            let flooding = try await ann.start("flooding")
            #expect(try await ann.settled(flooding).status == .completed, "The log is not limited by file_size.")
            #expect(try installation.log(flooding).hasSuffix("\n300000\n"))
        }
    }

    private struct Times: Decodable {
        let times: [[Int64]]?
    }
}
