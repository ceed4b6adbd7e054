import Core
import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import Web

struct PollEndpointTests {
    @Test(
        arguments: [
            ("", [""]), ("line 1\nline 2\n", ["line 1", "line 2"]), ("line 1\nline 2", ["line 1", "line 2"]),
            ("\n\n  x\n", ["", "", "  x"]), ("\n", [""]),
        ] as [(String, [String])])
    func `without offset the answer is the original's`(_ log: String, _ lines: [String]) throws {
        let site = try TestSite()
        let job = try site.insert(log: log, settled: .sample())
        let json = try site.get("/execute/\(job)").json
        #expect(json == .object(["content": .list(lines.map { .text($0) }), "isEnded": .truth(true)]))
    }

    @Test func `the log of a job that has written nothing is one empty line`() throws {
        let site = try TestSite()
        let job = try site.insert()
        #expect(try site.get("/execute/\(job)").text == #"{"content":[""],"isEnded":false}"#)
    }

    @Test func `an answer by offset has exactly the documented members`() throws {
        let site = try TestSite()
        let job = try site.insert(log: "héllo\u{1F600}\n", settled: .sample(.failed, exitCode: 3))
        let json = try site.get("/execute/\(job)?offset=1").json
        #expect(
            json.keys == [
                "text", "offset", "next_offset", "size", "encoding", "isEnded", "status", "exit_code", "retry_after_ms",
                "kill",
            ])
        #expect(json["text"]?.text == "éllo\u{1F600}\n")
        #expect(json["offset"]?.number == 1)
        #expect(json["next_offset"]?.number == 11)
        #expect(json["size"]?.number == 11)
        #expect(json["encoding"]?.text == "utf-8")
        #expect(json["isEnded"] == .truth(true))
        #expect(json["status"]?.number == 3)
        #expect(json["exit_code"]?.number == 3)
        #expect(json["retry_after_ms"]?.number == 0)
        #expect(json["kill"] == .null)
    }

    @Test func `with wait_ms the answer has a state, which changes with the status`() throws {
        let site = try TestSite()
        let (running, ended) = (try site.insert(), try site.insert(settled: .sample()))
        let state = try #require(try site.get("/execute/\(running)?offset=0&wait_ms=1000").json["state"]?.text)
        #expect(!state.isEmpty)
        #expect(try site.get("/execute/\(ended)?offset=0&wait_ms=1000").json["state"]?.text != state)
    }

    @Test(arguments: ["x", "-1", "1.5", ""])
    func `a wait_ms that is no number of milliseconds is refused`(_ value: String) throws {
        let site = try TestSite()
        let job = try site.insert()
        #expect(site.get("/execute/\(job)?offset=0&wait_ms=\(value)").status == 422)
    }

    @Test(arguments: [
        ("0", "héllo\n", 0, 7), ("7", "", 7, 7), ("99999", "", 7, 7), ("9223372036854775807", "", 7, 7),
        ("-1", "\n", 6, 7), ("-5", "llo\n", 3, 7), ("-6", "éllo\n", 1, 7), ("-99999", "héllo\n", 0, 7),
        ("-9223372036854775808", "héllo\n", 0, 7), ("+1", "éllo\n", 1, 7),
    ])
    func `an offset counts from the start, a negative one from the end`(
        _ offset: String, _ text: String, _ from: Double, _ next: Double
    ) throws {
        let site = try TestSite()
        let job = try site.insert(log: "héllo\n", settled: .sample())
        let json = try site.get("/execute/\(job)?offset=" + offset.replacing("+", with: "%2B")).json
        #expect(json["text"]?.text == text)
        #expect(json["offset"]?.number == from)
        #expect(json["next_offset"]?.number == next)
    }

    @Test(arguments: [
        "offset=", "offset=x", "offset=1.5", "offset=9223372036854775808", "offset[]=1", "offset=1&offset=x",
    ])
    func `an offset that is not a number is 422`(_ query: String) throws {
        let site = try TestSite()
        let job = try site.insert(log: "x", settled: .sample())
        let response = site.get("/execute/\(job)?\(query)")
        #expect(response.status == .unprocessableContent)
        #expect(try response.json["errors"]?.keys == ["offset"])
    }

    @Test func `an exit record shows the end before the row is settled`() throws {
        let site = try TestSite()
        let job = try site.insert(log: "x\n")
        let lock = try HeldLock(site.temporary.files(job))
        #expect(try site.get("/execute/\(job)?offset=0").json["isEnded"] == .truth(false))
        try site.temporary.write("code 7\nended 1790000001000\n", to: site.temporary.files(job).exit)
        #expect(try site.get("/execute/\(job)?offset=0").json["isEnded"] == .truth(false), "There is no pid record.")
        // The command has ended, and the supervisor still holds the lock.
        let pids = "supervisor \(getpid()) 1\ncommand \(pid_t.max) 1\nboot any\n"
        try site.temporary.write(pids, to: site.temporary.files(job).pid)
        let json = try site.get("/execute/\(job)?offset=0").json
        withExtendedLifetime(lock) {}
        #expect(json["isEnded"] == .truth(true))
        #expect(json["status"]?.number == 3)
        #expect(json["exit_code"]?.number == 7)
        #expect(try site.store.execution(job)?.status == .running, "A poll changes nothing.")
    }

    @Test func `hostile text is sent unchanged, in valid JSON`() throws {
        let site = try TestSite()
        let log = "</script>\u{1B}[31m\"\\\u{202E}\u{0}\u{7F}\r\n\t\u{2028}"
        let job = try site.insert(log: log, settled: .sample())
        #expect(try site.get("/execute/\(job)?offset=0").json["text"]?.text == log)
    }

    @Test func `the answer has the signals and survivors of a kill`() throws {
        let site = try TestSite()
        let job = try site.insert(log: "x\n")
        let files = site.temporary.files(job)
        let lock = try HeldLock(files)
        defer { withExtendedLifetime(lock) {} }
        #expect(try site.store.requestKill(job, by: "ann@lab"))
        try site.temporary.write(
            "by ann@lab\nstarted 5\nboot x\nstep QUIT 1000\nstep KILL 6000\nsurvivor 12 sle\"ep (in uninterruptible sleep)\n",
            to: files.kill)
        let kill = try #require(try site.get("/execute/\(job)?offset=0").json["kill"])
        #expect(kill["by"]?.text == "ann@lab")
        #expect(kill["at"]?.number == 1000)
        #expect(
            kill["steps"]?.list == [
                .object(["signal": .text("QUIT"), "at": .number(1000)]),
                .object(["signal": .text("KILL"), "at": .number(6000)]),
            ])
        #expect(kill["survivors"]?.list == [.text("12 sle\"ep (in uninterruptible sleep)")])
    }

    @Test func `polls by offset return the whole log`() throws {
        let site = try TestSite()
        var random = SeededGenerator(seed: 3)
        let piece = Array("aé\u{20AC}\u{1F600}".utf8) + [0xFF, 0xC3, 0xE2, 0x82]
        let bytes = (0..<700_000).map { _ in piece[Int.random(in: 0..<piece.count, using: &random)] }
        let job = try site.insert(settled: .sample())
        try Data(bytes).write(to: URL(fileURLWithPath: site.temporary.files(job).log))
        var text = ""
        var offset = 0
        while true {
            let json = try site.get("/execute/\(job)?offset=\(offset)").json
            text += json["text"]?.text ?? ""
            let next = Int(json["next_offset"]?.number ?? 0)
            #expect(next - offset <= LogReader.sliceLimit)
            if next == offset { break }
            offset = next
        }
        #expect(offset == bytes.count)
        #expect(text == String(decoding: bytes, as: UTF8.self))
    }

    /// A site with a command for each encoding, and a job of it with every byte in its log.
    private static func site(_ encoding: LogEncoding) throws -> (site: TestSite, job: JobUUID, bytes: [UInt8]) {
        let site = try TestSite(
            """
            roles: { A: { users: [ann@lab] } }
            commands: { allowed: { legacy: { roles: [A], run: [x], encoding: \(encoding.rawValue) } } }
            """)
        let job = try site.insert(command: "legacy")
        let bytes = Array("é\n".utf8) + (0...255).map { UInt8($0) }
        try Data(bytes).write(to: URL(fileURLWithPath: site.temporary.files(job).log))
        return (site, job, bytes)
    }

    @Test(arguments: [LogEncoding.iso88591, .windows1252])
    func `a log in an encoding of one byte a character can be cut at every byte`(_ encoding: LogEncoding) throws {
        let (site, job, bytes) = try Self.site(encoding)
        let whole = encoding.text(of: bytes)
        #expect(whole.unicodeScalars.count == bytes.count)
        let lock = try HeldLock(site.temporary.files(job))
        for start in bytes.indices {
            for offset in [start, start - bytes.count] {
                let json = try site.get("/execute/\(job)?offset=\(offset)&times=1").json
                #expect(json["text"]?.text == encoding.text(of: bytes[start...]))
                #expect(json["offset"]?.number == Double(start))
                #expect(json["next_offset"]?.number == Double(bytes.count))
                #expect(json["encoding"]?.text == encoding.rawValue)
                #expect(json["isEnded"] == .truth(false), "Nothing is held back while the job runs.")
            }
        }
        let lines = try site.get("/execute/\(job)").json["content"]?.list.compactMap(\.text)
        #expect(lines?.joined(separator: "\n") == whole)
        withExtendedLifetime(lock) {}
    }

    @Test func `a download has the bytes of the log, and names their encoding`() throws {
        for encoding in LogEncoding.allCases {
            let (site, job, bytes) = try Self.site(encoding)
            let response = site.get("/execute/\(job)/log?download")
            #expect(response.headers[.contentType] == "text/plain; charset=\(encoding.rawValue)")
            #expect(try response.bytes == bytes)
        }
    }
}
