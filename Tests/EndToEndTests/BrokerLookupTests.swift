import Foundation
import Glibc
import SQLiteStore
import TestSupport
import Testing

@testable import Core

/// Finding one execution or some: `show`, `log`, `history` and the beginnings of UUIDs.
@Suite struct BrokerLookupTests {
    /// Stores an ended execution with a chosen UUID.
    private func add(_ text: String, to installation: Installation, command: String = "x", at: Int64) throws {
        let uuid = try #require(JobUUID(text))
        let store = try SQLiteStore(path: installation.storage + "/remotisan.sqlite")
        let server = try String(contentsOfFile: installation.storage + "/remotisan_server_guid", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        _ = try store.insert(
            .sample(uuid, server: server, user: "ann", command: command, parameters: "p", executedAt: at), limit: nil)
        _ = try store.settle(uuid, .sample(at: at + Int64(command.utf8.count)))
    }

    @Test func `the beginning of a UUID is enough if it is unambiguous`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("greet", "short")
            _ = try await ann.settled(uuid)
            let short = String(uuid.description.prefix(13)).uppercased()
            #expect(try await installation.broker("log", short).out == "Hello short\n")
            #expect(try await installation.broker("show", short).out.contains("job:"))
            #expect(try await installation.broker("settle", short).status == 0)
            #expect(try await installation.broker("kill", short).status == 4)
            #expect(try await installation.broker("log", "abc").status == 64)

            try add("ffff0000-0000-4000-8000-000000000001", to: installation, at: 1_790_000_000)
            try add("ffff0000-0000-4000-8000-000000000002", to: installation, at: 1_790_000_000)
            for words in ["show", "log", "kill"] {
                let output = try await installation.broker(words, "ffff")
                #expect(output.status == 66, "\(words)")
                #expect(output.out.isEmpty)
                for end in ["1", "2"] { #expect(output.errors.contains("ffff0000-0000-4000-8000-00000000000\(end)")) }
                #expect(output.errors.contains("Several jobs begin with ffff"), "\(output.errors)")
            }
            #expect(try await installation.broker("show", "ffff0000-0000-4000-8000-000000000002").status == 0)
            let instance = try #require(try await installation.broker("instances").out.split(separator: " ").first)
            let start = String(instance.prefix(6))
            #expect(try await installation.broker("audit", "verify", "--instance", start).out.contains("entries fit"))
            #expect(try await installation.broker("audit", "list", "--instance", start).out.contains("started"))
            #expect(try await installation.broker("instances", "close", "0000ffff").status == 66)
        }
    }

    @Test func `history filters and sorts as the page does`() async throws {
        try await Installation.run { installation in
            let day: Int64 = 86_400
            let noon: Int64 = 1_790_000_000 - 1_790_000_000 % day + day / 2
            for (number, command) in ["a", "bbb", "cc"].enumerated() {
                try add(
                    "ffff0000-0000-4000-8000-00000000000\(number)", to: installation, command: command,
                    at: noon + Int64(number) * day)
            }
            func listed(_ words: String...) async throws -> String {
                let output = try await installation.broker(["history", "--json"] + words)
                #expect(output.status == 0, "\(words): \(output.errors)")
                return try JSONOutput.objects(in: output.out).map { $0["command"]?.texts.first ?? "" }
                    .joined(separator: " ")
            }
            #expect(try await listed() == "cc bbb a")
            #expect(try await listed("--reverse") == "a bbb cc")
            #expect(try await listed("--sort", "duration") == "bbb cc a")
            #expect(try await listed("--sort", "duration", "--reverse", "--all") == "a cc bbb")
            #expect(try await listed("--sort", "command") == "cc bbb a")
            #expect(try await listed("--limit", "2") == "cc bbb")
            #expect(try await listed("--limit", "2", "--page", "2") == "a")
            #expect(try await listed("--name", "bbb") == "bbb")
            #expect(try await listed("--name", "b") == "")
            #expect(try await listed("--text", "B P") == "bbb")
            #expect(try await listed("--uuid", "0002") == "cc")
            #expect(try await listed("--user", "nobody") == "")
            #expect(try await listed("--min-duration", "2s") == "cc bbb")
            #expect(try await listed("--max-duration", "2s") == "cc a")
            #expect(try await listed("--min-duration", "2s", "--max-duration", "2000ms", "--all") == "cc")
            #expect(try await listed("--token", "none") == "cc bbb a")
            #expect(try await listed("--token", "any") == "")
            let days = (0..<3).map { TimeText(isLocal: false).text(noon + $0 * day).prefix(10) }
            // A day includes its last second.
            #expect(try await listed("--utc", "--from", "\(days[1])", "--to", "\(days[1])") == "bbb")
            #expect(try await listed("--utc", "--to", "\(days[1])") == "bbb a")
            #expect(try await listed("--from", "\(days[2])T12:00:00Z") == "cc")
            #expect(try await listed("--to", "\(days[2])T12:00:00Z") == "bbb a")
            #expect(try await listed("--to", "1s") == "cc bbb a" || Clock.seconds() < noon + 2 * day)
            for words in [
                ["--from", "2026-02-30"], ["--from", "yesterday"], ["--sort", "colour"], ["--limit", "0"],
                ["--page", "0"], ["--all", "--page", "2"], ["--min-duration", "5"], ["--max-duration", "long"],
                ["--token", "ann"],
            ] {
                #expect(try await installation.broker(["history"] + words).status == 64, "\(words)")
            }
        }
    }

    @Test func `history finds the executions of an API token and of an instance`() async throws {
        try await Installation.run { installation in
            let store = try SQLiteStore(path: installation.storage + "/remotisan.sqlite")
            for (number, server) in ["aaaa0000-0000-4000-8000-000000000001", "old name"].enumerated() {
                try store.register(.sample(server))
                var row = Execution.sample(server: server, command: "on \(server.prefix(4))")
                row.token = TokenReference(id: Int64(number) + 1, name: "nightly")
                _ = try store.insert(row, limit: nil)
            }
            let ann = try await installation.person("ann")
            _ = try await ann.settled(try await ann.start("greet"))
            func listed(_ words: String...) async throws -> Set<String> {
                let output = try await installation.broker(["history", "--json"] + words)
                #expect(output.status == 0, "\(words): \(output.errors)")
                return Set(try JSONOutput.objects(in: output.out).compactMap { $0["command"]?.texts.first })
            }
            #expect(try await listed("--token", "any") == ["on aaaa", "on old "])
            #expect(try await listed("--token", "2") == ["on old "])
            #expect(try await listed("--token", "none") == ["greet"])
            #expect(try await listed("--instance", "AAAA0") == ["on aaaa"])
            #expect(try await listed("--instance", "old name", "--all") == ["on old "])
            let own = try String(contentsOfFile: installation.storage + "/remotisan_server_guid", encoding: .utf8)
            #expect(try await listed("--instance", "\(own.prefix(8))") == ["greet"])
            #expect(try await installation.broker("history", "--instance", "bbbb").status == 66)

            // The same filters as in the HTTP API.
            func found(_ query: String) async throws -> Bool {
                try await ann.get("/history?uuid=&\(query)").text.contains("\"command\":\"greet\"")
            }
            #expect(try await found("token=none&instance=\(own.trimmingWhitespace)&min_duration=0"))
            for query in ["token=any", "token=7", "instance=old%20name", "min_duration=3600"] {
                #expect(try await !found(query), "\(query)")
            }
        }
    }

    @Test func `show prints what is known of an execution`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let running = try await ann.start("stubborn", "pids")
            _ = try await installation.pids(in: "pids")
            let live = try await installation.broker("show", "\(running)").out
            for pattern in [
                "status: +running", "command: +stubborn", "parameters: +pids", "user: +ann", "started: +2\\d\\d\\d-",
                "duration: +\\d+ s", "instance: +\\S+ [0-9a-f-]{36}, this one",
                "file: +\(installation.storage)/logs/\(running).log, \\d+ bytes",
            ] { #expect(live.firstMatch(of: try Regex(pattern)) != nil, "\(pattern): \(live)") }
            #expect(!live.contains("ended:"))
            _ = try await installation.broker("kill", "\(running)", "--by", "root@console")
            let killed = try await installation.broker("show", "\(running)").out
            for pattern in [
                "status: +killed", "signal: +KILL", "killed by: +root@console", "kill requested by: +root@console",
                "signal sent: +KILL at ", "ended: +2",
            ] { #expect(killed.firstMatch(of: try Regex(pattern)) != nil, "\(pattern): \(killed)") }
            #expect(try await installation.broker("show", "\(JobUUID())").status == 66)
            // The log is not read, so the audit has no entry about it.
            #expect(try await !installation.broker("audit", "list").out.contains("log_read"))
        }
    }

    @Test func `log follows the output and ends with the job`() async throws {
        let follow =
            #"roles: ["*"], run: [sh, -c, 'printf "one\033[1m\n"; until [ -e "$0" ]; do sleep 0.1; done; echo two; exit "$1"']"#
        try await Installation.run(.nginx, SampleConfiguration(commands: ["follow": follow])) { installation in
            let ann = try await installation.person("ann")
            /// Follows a job of which the first line has arrived.
            func following(_ uuid: JobUUID) async throws -> (process: SpawnedProcess, path: String) {
                let name = "follow-\(uuid).out"
                let process = try installation.spawn(
                    [
                        installation.programs + "/remotisan-broker", "log", "-f", "\(uuid)", "--config",
                        installation.configuration,
                    ], output: name)
                let path = "\(installation.directory)/\(name)"
                try await waitUntil("the first line") { ProcessFacts.text(path) == "one␛[1m\n" }
                #expect(process.ending == nil)
                return (process, path)
            }
            for (code, status) in [(0, Int32(0)), (3, 5)] {
                let uuid = try await ann.start("follow", "go-\(code) \(code)")
                let (process, path) = try await following(uuid)
                try installation.touch("go-\(code)")
                #expect(try await process.ended() == .code(status))
                #expect(ProcessFacts.text(path) == "one␛[1m\ntwo\n")
            }
            let endless = try await ann.start("follow", "never 0")
            let (process, path) = try await following(endless)
            process.signal(SIGINT)
            #expect(try await process.ended() == .signal(SIGINT))
            #expect(ProcessFacts.text(path) == "one␛[1m\n")
            #expect(try await ann.row(endless).status == .running)
            let killed = try await following(endless).process
            #expect(try await installation.broker("kill", "\(endless)").status == 0)
            #expect(try await killed.ended() == .code(6))
        }
    }

    @Test(arguments: [(0, Int32(0)), (3, 5)])
    func `log follows a job to its end although the store fails`(_ code: Int, _ status: Int32) async throws {
        let server = try PostgreSQLProcess.shared.get()
        let database = try server.makeDatabase()
        let wire = try Forwarder(to: "\(server.socket)/.s.PGSQL.\(server.port)", as: ".s.PGSQL.5432")
        defer { wire.end() }
        let sample = SampleConfiguration(
            top: "database: \"host=\(wire.directory.path) port=5432 user=postgres dbname=\(database)\"")
        try await Installation.run(.nginx, sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("await", "go \(code)")
            try await installation.untilLogged(uuid, "ready")
            let process = try installation.spawn(
                [
                    installation.programs + "/remotisan-broker", "log", "-f", "\(uuid)", "--config",
                    installation.configuration,
                ], output: "follow.out", errors: "follow.err")
            try await waitUntil("the first line") {
                ProcessFacts.text(installation.directory + "/follow.out").contains("ready")
            }
            wire.become(.cut)
            let errors = installation.directory + "/follow.err"
            try await waitUntil("a message") {
                ProcessFacts.text(errors).contains("The log is followed by the files of the job.")
            }
            #expect(ProcessFacts.text(errors).contains("The store is not available"))
            try installation.touch("go")
            #expect(try await process.ended() == .code(status))
            wire.become(.open)
        }
    }

    @Test func `log says which part of a long log was discarded`() async throws {
        let sample = SampleConfiguration(top: "kill: { grace: 300ms }\nlogger: { max_bytes: 1MiB }")
        try await Installation.run(.nginx, sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("flood", "8000000")
            _ = try await ann.settled(uuid)
            let status = try #require(FileStatus(ofPath: try installation.files(uuid).log))
            try #require(status.allocated < status.size, "Nothing was discarded.")
            let text = try await installation.broker("log", "\(uuid)").out
            #expect(text.contains(#/\n\[\d+ bytes left out here: the log outgrew logger.max_bytes\]\n/#))
            #expect(!text.contains("\u{2400}"), "The hole is shown as NUL.")
            #expect(try await installation.broker("log", "--raw", "\(uuid)").out.utf8.count == status.size)
        }
    }
}
