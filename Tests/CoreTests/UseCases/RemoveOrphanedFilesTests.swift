import Foundation
import Glibc
import Logging
import SQLiteStore
import TestSupport
import Testing

@testable import Core

struct RemoveOrphanedFilesTests {
    private let temporary: TemporaryStorage
    private let store: SQLiteStore
    private let removing: RemoveOrphanedFiles

    init() throws {
        temporary = try TemporaryStorage()
        store = try SQLiteStore(path: temporary.storage.database)
        try store.migrate()
        removing = RemoveOrphanedFiles(
            store: store, storage: temporary.storage, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Creates files of a job: lock, exit record, log and an upload.
    ///
    /// - Parameter age: Their age in seconds.
    private func makeFiles(_ uuid: JobUUID = JobUUID(), age: TimeInterval = 7200) throws -> JobFiles {
        let files = temporary.files(uuid)
        try files.keep([PlacedUpload(fileName: "report.csv", bytes: [1])])
        for path in [files.lock, files.exit, files.log] { try temporary.write("x", to: path) }
        for path in [files.lock, files.exit, files.log, files.uploads] {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: path)
        }
        return files
    }

    private func insert(_ uuid: JobUUID, settled: Settlement? = nil) throws {
        _ = try store.insert(.sample(uuid, server: temporary.storage.serverUUID), limit: nil)
        if let settled { _ = try store.settle(uuid, settled) }
    }

    @Test(arguments: [nil, 10] as [Int?])
    func `files of interrupted writes are removed`(_ limit: Int?) throws {
        let jobs = temporary.storage.jobs
        let uuid = JobUUID()
        // No process has a pid this large; pid_max of proc(5) is at most 2^22.
        let left = ["\(jobs)/\(uuid).kill.5000000.new", "\(temporary.storage.directory)/clock.5000000.new"]
        let kept = ["\(jobs)/\(uuid).kill.\(getpid()).new", "\(jobs)/\(uuid).kill"]
        for path in left + kept {
            try temporary.write("x", to: path)
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -7200)], ofItemAtPath: path)
        }
        try insert(uuid)
        try removing.remove(limit: limit)
        for path in left { #expect(!exists(path), "\(path)") }
        for path in kept { #expect(exists(path), "\(path)") }
    }

    @Test(arguments: [nil, 10] as [Int?])
    func `a pipe of an ended job is removed, unless a process of the job still writes`(_ limit: Int?) throws {
        let (ended, writing) = (JobUUID(), JobUUID())
        for uuid in [ended, writing] {
            try insert(uuid, settled: .sample())
            try temporary.write("x", to: temporary.files(uuid).heldOutput)
        }
        try temporary.write("x", to: temporary.files(writing).output)
        for uuid in [ended, writing] {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -7200)], ofItemAtPath: temporary.files(uuid).heldOutput)
        }
        #expect(try removing.remove(limit: limit) == 1)
        #expect(!exists(temporary.files(ended).heldOutput))
        #expect(exists(temporary.files(writing).heldOutput))
    }

    private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    @Test(arguments: [nil, 10] as [Int?])
    func `files of a job without a row are removed, and other files are kept`(_ limit: Int?) throws {
        let orphan = try makeFiles()
        let new = try makeFiles(age: 60)
        let starting = try makeFiles()
        let held = try HeldLock(starting)
        let closed = try makeFiles()
        try insert(closed.uuid)
        try store.register(.sample(temporary.storage.serverUUID, lastSeen: 1))
        let lost = Settlement(status: .failed, finishedAt: 1, ending: .init(reason: "lost", isLost: true))
        #expect(
            try store.closeExecutions(
                on: temporary.storage.serverUUID, goneAt: 1000, by: "b", running: lost, queued: lost) == 1)
        let unsupervised = try makeFiles()
        try insert(unsupervised.uuid)
        #expect(try removing.remove(limit: limit) == 1)
        for path in [orphan.uploads, orphan.lock, orphan.log, orphan.exit] { #expect(!exists(path), "\(path)") }
        for files in [new, starting, unsupervised, closed] {
            for path in [files.uploads, files.lock, files.log] { #expect(exists(path), "\(path)") }
        }
        #expect(try removing.remove(limit: limit) == 0)
        withExtendedLifetime(held) {}
    }

    @Test func `log and exit record of an ended execution are kept`() throws {
        let ended = try makeFiles()
        try insert(ended.uuid, settled: .sample())
        #expect(try removing.remove(limit: 10) == 1)
        #expect(!exists(ended.uploads))
        #expect(!exists(ended.lock))
        #expect(exists(ended.log))
        #expect(exists(ended.exit))
        #expect(try removing.remove() == 0)
    }

    @Test func `files over the limit are removed by the next calls`() throws {
        for _ in 0..<5 { _ = try makeFiles() }
        #expect(try removing.remove(limit: 2) == 2)
        #expect(try removing.remove(limit: 2) == 2)
        #expect(try removing.remove(limit: 2) == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.storage.jobs).isEmpty)
    }

    @Test func `logs without a row are removed if there is no limit`() throws {
        let files = try makeFiles()
        files.removeLiveFiles()
        #expect(try removing.remove(limit: 10) == 0)
        #expect(exists(files.log))
        #expect(try removing.remove() == 1)
        #expect(!exists(files.log))
    }
}
