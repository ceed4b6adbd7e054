import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// Uploaded files.
@Suite struct UploadTests {
    private static let sample = SampleConfiguration(commands: [
        "take": """
        roles: ["*"], run: [\(Places.fixtures)/take-files], parameters: [
          { name: wait, type: flag, option: --wait },
          { name: report, type: file, max_bytes: 8KiB, suffix: .csv, option: --report },
          { name: rest, type: file, max_bytes: 4KiB, repeated: true }]
        """
    ])

    private func post(
        _ path: String, _ arguments: [String: JSONValue], _ options: [String: JSONValue], _ visitor: Visitor
    ) async throws -> HTTPReply {
        let body: [String: JSONValue] = [
            "command": .text("take"), "arguments": .object(arguments), "options": .object(options),
        ]
        return try await visitor.post(path, json: try JSONEncoder().encode(body))
    }

    private static func file(_ name: String, _ bytes: [UInt8]) -> JSONValue {
        .object(["name": .text(name), "base64": .text(Data(bytes).base64EncodedString())])
    }

    private func uuid(_ reply: HTTPReply) throws -> JobUUID {
        try #require(reply.status == 200, "\(reply.status) \(reply.text)")
        return try #require(JobUUID(try reply.json([String: String].self)["id"] ?? ""))
    }

    private static let hostile = [
        "../../x.csv", "/etc/passwd.csv", "a\0b.csv", "-rf.csv", "$(touch X).csv", "`id`.csv", "\n.csv",
        "\u{202E}vsc.csv", ".csv",
        String(repeating: "x", count: 5001) + ".csv",
    ]

    @Test func `files arrive byte for byte, readable only by the command, and are removed with the job`() async throws {
        try await Installation.run(.nginx, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let bytes = (0..<8192).map { UInt8(truncatingIfNeeded: $0) }
            let job = try uuid(
                try await post(
                    "/execute", ["rest": .list([Self.file("a", [1, 2]), Self.file("-b", [])])],
                    ["report": Self.file("orders.csv", bytes), "wait": .truth(true)], ann))
            let hexadecimal = bytes.map { String(format: "%02x", $0) }.joined()
            try await installation.untilLogged(
                job, "report.csv 700 600 \(hexadecimal)\nrest 700 600 0102\nrest.2 700 600 \n")
            let files = try installation.files(job)
            #expect(FileManager.default.fileExists(atPath: files.uploads + "/report.csv"))
            try installation.touch("go")
            let row = try await ann.settled(job)
            #expect(row.parameters == "--wait --report=orders.csv -- a -b")
            try await waitUntil("the files gone") { access(files.uploads, F_OK) != 0 }
            // The history has the names of files, but not their content.
            let again = try await ann.post("/execute", ["command": "take", "params": row.parameters])
            #expect(again.status == 422)
            #expect(again.text.contains("Choose the file again"), "\(again.text)")
        }
    }

    @Test func `no file name of a client becomes part of a path or an argument`() async throws {
        try await Installation.run(.nginx, Self.sample) { installation in
            let ann = try await installation.person("ann")
            for name in Self.hostile {
                let job = try uuid(try await post("/execute", [:], ["report": Self.file(name, [7])], ann))
                #expect(try await ann.follow(job).text == "report.csv 700 600 07\n", "\(name.debugDescription)")
                let line = try await ann.settled(job).parameters
                #expect(line.unicodeScalars.count < 130 && !line.contains("\n") && !line.contains("\0"), "\(line)")
            }
            #expect(access(installation.work + "/X", F_OK) != 0)
            let check = try await post("/check", [:], ["report": Self.file("orders.csv", [7])], ann)
            #expect(check.text.contains("--report=uploads\\/report.csv") || check.text.contains("uploads/report.csv"))
            #expect(!check.text.contains(installation.storage))
        }
    }

    @Test func `files that are too large or of another type are refused and leave nothing`() async throws {
        try await Installation.run(.nginx, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let refused: [([String: JSONValue], [String: JSONValue])] = [
                ([:], ["report": Self.file("a.csv", Array(repeating: 0, count: 8193))]),
                (["rest": .list([Self.file("a", Array(repeating: 0, count: 4096)), Self.file("b", [0])])], [:]),
                ([:], ["report": Self.file("a.exe", [0])]), ([:], ["report": .text("/etc/passwd.csv")]),
                (["rest": .text("/etc/passwd")], [:]),
                ([:], ["report": .object(["name": .text("a.csv"), "base64": .text("*")])]),
                ([:], ["report": .list([Self.file("a.csv", [0]), Self.file("b.csv", [0])])]),
                ([:], ["report": .object(["name": .text("a.csv"), "path": .text("/etc/passwd")])]),
            ]
            for (arguments, options) in refused {
                let reply = try await post("/execute", arguments, options, ann)
                #expect(reply.status == 422, "\(reply.text)")
            }
            #expect(
                try await ann.post("/execute", ["command": "take", "params": "--report=/etc/passwd.csv"]).status == 422)
            // nginx admits 64 KiB. The responder admits what its largest command needs.
            let large = try await post(
                "/execute", [:], ["report": Self.file("a.csv", Array(repeating: 0, count: 200_000))], ann)
            #expect(large.status == 413)
            #expect(installation.jobFiles.isEmpty, "\(installation.jobFiles)")
        }
    }

    @Test func `uploads without a row are removed by cron's broker after an hour`() async throws {
        try await Installation.run(.nginx, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let job = try uuid(
                try await post("/execute", [:], ["report": Self.file("a.csv", [1]), "wait": .truth(true)], ann))
            try await installation.untilLogged(job, "report.csv")
            let (old, new) = (try installation.files(JobUUID()), try installation.files(JobUUID()))
            for files in [old, new] {
                try files.keep([PlacedUpload(fileName: "report.csv", bytes: [1])])
                for path in [files.uploads, files.uploads + "/report.csv"] {
                    chown(path, ServiceAccount.user, ServiceAccount.group)
                }
            }
            for path in [old.uploads, try installation.files(job).uploads] {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -3700)], ofItemAtPath: path)
            }
            #expect(try await installation.broker("watch", "--for", "1").status == 0)
            #expect(access(old.uploads, F_OK) != 0)
            #expect(access(new.uploads, F_OK) == 0)
            #expect(access(try installation.files(job).uploads + "/report.csv", F_OK) == 0, "it runs")
            try installation.touch("go")
            #expect(try await ann.settled(job).status == .completed)
        }
    }

    @Test(.enabled(if: SmallDisk.isPossible, "a file system cannot be mounted here"))
    func `on a full disk nothing is started and no file is left`() async throws {
        try await Installation.run(.nginx, Self.sample, diskBytes: 4 << 20) { installation in
            let disk = try #require(installation.disk)
            let ann = try await installation.person("ann")
            try disk.fill()
            let reply = try await post("/execute", [:], ["report": Self.file("a.csv", [1])], ann)
            #expect([500, 503, 507].contains(reply.status), "\(reply.text)")
            #expect(!reply.text.contains(installation.storage))
            disk.free()
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            #expect(installation.jobFiles.filter { $0.hasSuffix(".files") }.isEmpty, "\(installation.jobFiles)")
        }
    }
}
