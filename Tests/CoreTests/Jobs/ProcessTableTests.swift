import Foundation
import TestSupport
import Testing

@testable import Core

struct ProcessTableTests {
    private static func stat(_ name: String, fields: String? = nil) -> String {
        "123 (\(name)) "
            + (fields ?? "S 7 123 123 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 1000 200 18446744073709551615\n")
    }

    @Test(arguments: [
        "sh", "a b", "(x)", ") S 1 (", "))) Z 1", "", " ", "a\nb", "(", ")", "\u{301}x", "x\u{301}", "x\u{600}",
        "\u{1F600}",
        "\u{FFFD}", "\r", "\u{110BD}",
    ])
    func `any name of a process is parsed`(_ name: String) throws {
        let entry = try #require(ProcessTable.parse(Self.stat(name), 123))
        #expect(entry.identity == ProcessIdentity(pid: 123, startTime: 98765))
        #expect(entry.parent == 7)
        #expect(entry.state == "S")
        #expect(Array(entry.name.utf8) == Array(name.utf8))
    }

    @Test(arguments: [
        "", "123", "123 (x", "123 (x) ", "123 (x) S 7", "123 )x( S 7 1 1",
        "123 (x) S y 1 1 0 -1 1 1 2 3 4 5 6 7 8 20 0 1 0 9",
        "123 (x) S 7 123 123 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 y 1000",
    ])
    func `malformed lines are ignored`(_ text: String) {
        #expect(ProcessTable.parse(text, 123) == nil)
    }

    private static func entry(_ pid: pid_t, _ parent: pid_t, _ state: Character = "S") -> ProcessTable.Entry {
        ProcessTable.Entry(identity: .init(pid: pid, startTime: 1), parent: parent, state: state, name: "x")
    }

    @Test func `zombies and dead processes are not alive`() {
        for (state, isAlive) in [
            ("R", true), ("S", true), ("D", true), ("T", true), ("t", true), ("Z", false), ("X", false),
        ] {
            #expect(Self.entry(5, 1, Character(state)).isAlive == isAlive)
        }
    }

    @Test func `a recycled pid is another process`() throws {
        let table = ProcessTable()
        let own = try #require(table.entries[getpid()])
        #expect(ProcessTable.isAlive(own.identity))
        #expect(table.isAlive(own.identity))
        let other = ProcessIdentity(pid: getpid(), startTime: own.identity.startTime + 1)
        #expect(!ProcessTable.isAlive(other))
        #expect(!table.isAlive(other))
        #expect(ProcessTable.entry(pid_t.max) == nil)
    }

    @Test func `a process with a combining mark in its name is in the table`() throws {
        // The name of a process is that of its file. A process must not be able to hide from a kill by its name.
        let directory = try TemporaryDirectory()
        for name in ["\u{301}x", "x\u{600}", ") R 1 ("] {
            let program = directory.path + "/" + name
            try FileManager.default.createSymbolicLink(atPath: program, withDestinationPath: "/bin/cat")
            let process = TestProcess()
            process.executableURL = URL(fileURLWithPath: program)
            let input = Pipe()
            let output = Pipe()
            process.standardInput = input
            process.standardOutput = output
            try process.run()
            defer {
                try? input.fileHandleForWriting.close()
                process.waitUntilExit()
            }
            // After its first output it has its name.
            try input.fileHandleForWriting.write(contentsOf: Data("x\n".utf8))
            _ = output.fileHandleForReading.availableData
            let entry = try #require(ProcessTable().entries[process.processIdentifier])
            #expect(Array(entry.name.utf8) == Array(name.utf8))
            #expect(entry.parent == getpid())
        }
    }

    @Test func `the descendants of a process do not include the process`() throws {
        let process = TestProcess()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "exec 3<&0; cat <&3 & echo started; wait"]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        defer {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        _ = output.fileHandleForReading.availableData
        let table = ProcessTable()
        let own = table.descendants(of: [getpid()]).map(\.identity.pid)
        #expect(own.contains(process.processIdentifier))
        let below = table.descendants(of: [process.processIdentifier])
        #expect(!below.contains { $0.identity.pid == process.processIdentifier })
        for child in below { kill(child.identity.pid, SIGKILL) }
    }

    @Test func `the trees of processes have the same descendants as the table of all`() async throws {
        try await onThread {
            let null = try Descriptor(opening: "/dev/null", O_RDWR)
            let pid = try ChildProcess.spawn(
                "/bin/sh",
                arguments: ["sh", "-c", "sleep 600 & sh -c 'sleep 601 & wait' & exec sh -c 'sleep 602; :'"],
                environment: ["PATH": "/usr/bin:/bin"],
                descriptors: [null.number, null.number, null.number], session: true)
            defer {
                for entry in ProcessTable().descendants(of: [pid]) { kill(entry.identity.pid, SIGKILL) }
                kill(pid, SIGKILL)
                ChildProcess.wait(for: pid)
            }
            try blockUntil("four processes") {
                ProcessTable().descendants(of: [pid]).count { $0.name == "sleep" } == 3
            }
            let trees = try #require(ProcessTable.trees(of: [pid]))
            let expected = Set(ProcessTable().descendants(of: [pid]).map(\.identity))
            #expect(Set(trees.descendants(of: [pid]).map(\.identity)) == expected)
            #expect(trees.entries.count == expected.count + 1)
        }
    }
}
