import Core
import Foundation
import Glibc
import TestSupport
import Testing

@testable import SQLiteStore

/// A file of the database could not be opened for writing once, and can be written by now.
///
/// SQLite then opens it for reading, and keeps it so.
@Suite(.enabled(if: ReadOnlyFile.isPossible, "this machine cannot mount a file"))
struct StuckReadOnlyTests {
    @Test(arguments: ["", "-wal", "-shm"])
    func `a store asks to be opened again once its files can be written`(_ end: String) throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/copy.sqlite"
        do {
            // The files of an open database, as a killed program leaves them.
            let temporary = try TemporaryStore()
            _ = try temporary.store.insert(.sample(JobUUID()), limit: nil)
            for end in ["", "-wal", "-shm"] {
                try FileManager.default.copyItem(atPath: temporary.path + end, toPath: path + end)
            }
        }
        let file = try ReadOnlyFile(path + end)
        let store = try SQLiteStore(path: path)
        let early = #expect(throws: StoreError.self) { _ = try store.insert(.sample(JobUUID()), limit: nil) }
        guard case .unusable(.readOnly, _) = early else { throw Unexpected(error: early) }
        #expect(!store.mustBeReopened)

        file.makeWritable()
        let late = #expect(throws: StoreError.self) { _ = try store.insert(.sample(JobUUID()), limit: nil) }
        guard case .unavailable = late else { throw Unexpected(error: late) }
        #expect(store.mustBeReopened)
        #expect(throws: StoreError.self) { try store.verify() }
    }
}

/// A file in a file system that is mounted read-only.
private final class ReadOnlyFile {
    private let path: String
    private var isMounted = true

    static let isPossible: Bool = {
        guard geteuid() == 0, let directory = try? TemporaryDirectory() else { return false }
        let path = directory.path + "/file"
        guard FileManager.default.createFile(atPath: path, contents: nil) else { return false }
        return (try? ReadOnlyFile(path)) != nil
    }()

    init(_ path: String) throws {
        self.path = path
        guard mount(path, path, nil, UInt(MS_BIND), nil) == 0 else { throw SystemError("mount", path) }
        guard mount(nil, path, nil, UInt(MS_BIND) | UInt(MS_REMOUNT) | UInt(MS_RDONLY), nil) == 0 else {
            umount(path)
            throw SystemError("mount", path)
        }
    }

    /// The file stays open for reading where it is, so only a lazy unmount is possible.
    func makeWritable() {
        if isMounted { umount2(path, Int32(MNT_DETACH)) }
        isMounted = false
    }

    deinit { makeWritable() }
}

private struct Unexpected: Error {
    let error: StoreError?
}
