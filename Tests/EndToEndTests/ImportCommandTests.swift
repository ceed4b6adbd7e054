import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// `import config`, `import uuid` and `import logs`, as an administrator uses them.
@Suite struct ImportCommandTests {
    private static let own = ImportHistoryTests.own
    private static let uuids = ImportHistoryTests.uuids

    @Test func `the configuration is printed or written once, and check finds no error`() throws {
        let machine = try BareMachine()
        let dump = try machine.write(
            #"{"url":"ops","commands":{"allowed":{"cache:clear":{"roles":["SUPPORT"]}}},"api_token":"hunter2"}"#,
            to: "remotisan.json")
        let words = ["import", "config", dump, "--application", machine.directory, "--storage", machine.storage]
        func run(_ more: String...) throws -> (status: Int32, out: String, errors: String) {
            try machine.broker(words + more, isConfigured: false)
        }
        let printed = try run()
        #expect(printed.status == 0, "\(printed.errors)")
        #expect(printed.out.contains("\"cache:clear\": { roles: [SUPPORT] }"))
        #expect(printed.errors.contains("decide: api_token is not a key"))
        #expect(!printed.errors.contains("hunter2") && !printed.out.contains("hunter2"))
        let file = machine.directory + "/new.yaml"
        #expect(try run("--output", file).out == "\(file) written.\n")
        #expect(try String(contentsOfFile: file, encoding: .utf8) == printed.out)
        #expect(try run("--output", file).out == "\(file) has this content already.\n")
        let check = try machine.broker(["check", "--config", file], isConfigured: false)
        #expect(check.status == 0, "\(check.out)\(check.errors)")
        try machine.write("url: mine\n", to: "new.yaml")
        let refused = try run("--output", file)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("--force"))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "url: mine\n")
        #expect(try run("--output", file, "--force").status == 0)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == printed.out)
        let leaky = try run("--database", "postgresql://a:hunter2@b/c")
        #expect(leaky.status == 1)
        #expect(!leaky.errors.contains("hunter2"), "\(leaky.errors)")
    }

    @Test func `the UUID is taken over from a text or from Laravel's cache, until there are executions`() throws {
        let machine = try BareMachine()
        let cached = try machine.write("9999999999s:36:\"\(Self.own)\";", to: "cached")
        for uuid in [cached, Self.own] {
            #expect(try machine.broker("import", "uuid", uuid).out == "This instance is \(Self.own) now.\n")
            #expect(try Storage(at: machine.storage).serverUUID == Self.own)
        }
        #expect(try machine.broker("migrate").status == 0)
        do {
            let lock = try HeldResponderLock(Storage(at: machine.storage))
            let used = try machine.broker("import", "uuid", Self.uuids[0])
            #expect(used.errors.contains("A responder uses the storage"), "\(used.errors)")
            withExtendedLifetime(lock) {}
        }
        #expect(try machine.broker("import", "uuid", Self.uuids[0]).status == 0)
        #expect(try Storage(at: machine.storage).serverUUID == Self.uuids[0])
        _ = try machine.store().insert(.sample(server: Self.uuids[0]), limit: nil)
        let other = try machine.broker("import", "uuid", Self.own)
        #expect(other.status == 1)
        #expect(other.errors.contains("has executions, so it keeps its UUID"), "\(other.errors)")
        #expect(try Storage(at: machine.storage).serverUUID == Self.uuids[0])
        #expect(try machine.broker("import", "uuid", "nothing").status == 1)
    }

    /// The original puts no slash between the path and the UUID.
    @Test(arguments: ["temp/", "temp"])
    func `logs of imported executions are copied, and no links are followed`(_ path: String) throws {
        let machine = try BareMachine()
        #expect(try machine.broker("import", "uuid", Self.own).status == 0)
        #expect(
            try machine.broker("import", "history", try machine.write(ImportHistoryTests.json, to: "dump")).status == 0)
        mkdir(machine.directory + "/temp", 0o755)
        try machine.write("output\n", to: "\(path)\(Self.uuids[0]).log")
        try machine.write("foreign\n", to: "\(path)\(Self.uuids[2]).log")
        let output = try machine.broker("import", "logs", machine.directory + "/" + path)
        #expect(output.out.contains("1 log copied, 0 were there."), "\(output.out)\(output.errors)")
        #expect(output.out.contains("1 log not copied"))
        let log = machine.storage + "/logs/\(Self.uuids[0]).log"
        #expect(try String(contentsOfFile: log, encoding: .utf8) == "output\n")
        #expect(try machine.broker("log", Self.uuids[0]).out == "output\n")
        try machine.write("changed\n", to: "\(path)\(Self.uuids[0]).log")
        symlink("/etc/passwd", "\(machine.directory)/\(path)\(Self.uuids[1]).log")
        #expect(try machine.broker("import", "logs", machine.directory + "/" + path).status == 1)
        #expect(access(machine.storage + "/logs/\(Self.uuids[1]).log", F_OK) != 0)
        #expect(try String(contentsOfFile: log, encoding: .utf8) == "output\n")
    }
}
