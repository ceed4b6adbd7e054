import Foundation
import TestSupport
import Testing

@testable import Core

struct JobFilesTests {
    /// Waits for a lock to be free. A process that another test starts at the same time inherits the descriptor of the
    /// lock until it executes its program.
    private func waitUntilFree(_ isFree: () throws -> Bool) throws {
        try blockUntil("the lock is free", isFree)
    }

    @Test func `a lock is held as long as its descriptor, and testing does not take it`() throws {
        let temporary = try TemporaryStorage()
        let files = temporary.files(JobUUID())
        #expect(try !files.isLocked())
        do {
            let lock = try files.takeLock()
            #expect(try files.isLocked())
            #expect(throws: SystemError.self) { _ = try files.takeLock() }
            #expect(try files.isLocked())
            _ = consume lock
        }
        try waitUntilFree { try !files.isLocked() }
        #expect(try !files.isLocked(), "Testing does not take the lock.")
        _ = try files.takeLock()
    }

    @Test func `only one broker can kill a job`() throws {
        let temporary = try TemporaryStorage()
        let files = temporary.files(JobUUID())
        func isFree() throws -> Bool {
            switch try files.takeKillLock() {
            case .some: true
            case .none: false
            }
        }
        let first = try files.takeKillLock()
        #expect(try !isFree())
        _ = consume first
        try waitUntilFree { try isFree() }
        // The test above has released the lock again.
        try waitUntilFree { try isFree() }
    }

    @Test func `files have their modes whatever the umask`() throws {
        let temporary = try TemporaryStorage()
        let files = temporary.files(JobUUID())
        _ = try files.takeLock()
        try files.appendToLog("x")
        try files.write(KillRecord(requester: "x", startedBoottime: 1, bootID: "b"))
        for path in [files.lock, files.log, files.kill] {
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o640, "\(path)")
        }
    }

    @Test(arguments: [("", "new\n"), ("old\n", "old\nnew\n"), ("old", "old\nnew\n"), ("\n", "\nnew\n")])
    func `an appended line begins on a new line`(_ before: String, _ after: String) throws {
        let temporary = try TemporaryStorage()
        let files = temporary.files(JobUUID())
        if !before.isEmpty { try temporary.write(before, to: files.log) }
        try files.appendToLog("new")
        #expect(try String(contentsOfFile: files.log, encoding: .utf8) == after)
    }

    @Test func `a link instead of a file is not followed`() throws {
        let temporary = try TemporaryStorage()
        let files = temporary.files(JobUUID())
        let target = temporary.directory.path + "/target"
        try temporary.write("code 0\nended 1\n", to: target)
        for path in [files.log, files.lock, files.exit, files.kill, files.killLock] {
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
        }
        #expect(throws: SystemError.self) { try files.appendToLog("x") }
        #expect(throws: SystemError.self) { _ = try files.takeLock() }
        #expect(throws: SystemError.self) { _ = try files.takeKillLock() }
        #expect(throws: SystemError.self) { try files.exitRecord() }
        #expect(throws: SystemError.self) { try files.killRecord() }
        #expect(try String(contentsOfFile: target, encoding: .utf8) == "code 0\nended 1\n")
    }

    @Test func `missing and malformed records are nil`() throws {
        let temporary = try TemporaryStorage()
        let files = temporary.files(JobUUID())
        #expect(try files.exitRecord() == nil)
        #expect(try files.pidRecord() == nil)
        #expect(try files.killRecord() == nil)
        for path in [files.exit, files.pid, files.kill] { try temporary.write("\0\0\0", to: path) }
        #expect(try files.exitRecord() == nil)
        #expect(try files.pidRecord() == nil)
        #expect(try files.killRecord() == nil)
    }

    @Test func `live files are removed at the end, and all files with the job`() throws {
        let temporary = try TemporaryStorage()
        let files = temporary.files(JobUUID())
        let all = [
            files.log, files.lock, files.pid, files.exit, files.kill, files.killLock, files.pid + ".new",
            files.exit + ".new",
        ]
        for path in all { try temporary.write("x", to: path) }
        files.removeLiveFiles()
        let live = Set([files.lock, files.pid, files.killLock, files.pid + ".new", files.exit + ".new"])
        for path in all { #expect(FileManager.default.fileExists(atPath: path) == !live.contains(path)) }
        files.removeAll()
        for path in all { #expect(!FileManager.default.fileExists(atPath: path)) }
    }
}
