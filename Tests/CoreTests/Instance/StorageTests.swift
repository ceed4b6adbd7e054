import Crypto
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

struct StorageTests {
    private static func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func `missing files are created with their modes`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/storage"
        let storage = try Storage(at: path)
        for created in [path, storage.logs, storage.jobs] { #expect(try Self.mode(created) == 0o750) }
        #expect(try Self.mode(path + "/secret") == 0o600)
        #expect(try Self.mode(path + "/remotisan_server_guid") == 0o640)
        #expect(JobUUID(storage.serverUUID) != nil)
        #expect(storage.owner == geteuid())
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: path).sorted() == [
                "jobs", "logs", "remotisan_server_guid", "reserve", "reserve.1", "reserve.2", "reserve.3", "reserve.4",
                "run.lock", "secret",
            ])
    }

    @Test func `server UUID and secret are created once per storage`() throws {
        let directory = try TemporaryDirectory()
        let first = try Storage(at: directory.path + "/a")
        let again = try Storage(at: directory.path + "/a")
        let other = try Storage(at: directory.path + "/b")
        #expect(first.serverUUID == again.serverUUID)
        #expect(first.secret == again.secret)
        #expect(first.serverUUID != other.serverUUID)
        #expect(first.secret != other.secret)
    }

    @Test func `an instance of the original keeps its server UUID`() throws {
        let directory = try TemporaryDirectory()
        try Data("81e2ae3b-3c1a-4ae3-a071-dcef9fdee943".utf8).write(
            to: URL(fileURLWithPath: directory.path + "/remotisan_server_guid"))
        #expect(try Storage(at: directory.path).serverUUID == "81e2ae3b-3c1a-4ae3-a071-dcef9fdee943")
    }

    @Test(arguments: [
        ("remotisan_server_guid", ""), ("remotisan_server_guid", " \n"),
        ("remotisan_server_guid", String(repeating: "x", count: 65)), ("secret", ""), ("secret", "short"),
        ("secret", "AAAA\n"), ("secret", "!!!!"),
    ])
    func `a damaged file is reported and not replaced`(_ name: String, _ content: String) throws {
        let directory = try TemporaryDirectory()
        let file = directory.path + "/" + name
        try Data(content.utf8).write(to: URL(fileURLWithPath: file))
        let error = #expect(throws: StorageError.self) { try Storage(at: directory.path) }
        #expect(error?.description.hasPrefix(file + " does not hold ") == true)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == content)
    }

    @Test func `a path that cannot be a storage is an error`() throws {
        let directory = try TemporaryDirectory()
        let file = directory.path + "/file"
        try Data().write(to: URL(fileURLWithPath: file))
        for path in ["/nonexistent/deep/storage", file, file + "/x"] {
            #expect(throws: (any Error).self) { try Storage(at: path) }
        }
        let link = directory.path + "/secret"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
        #expect(throws: SystemError.self) { try Storage(at: directory.path) }
    }

    @Test func `a link to a storage is resolved, and logs may be elsewhere`() throws {
        let directory = try TemporaryDirectory()
        let real = directory.path + "/real"
        try FileManager.default.createDirectory(atPath: real, withIntermediateDirectories: false)
        let link = directory.path + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: real)
        let storage = try Storage(at: link, logs: directory.path + "/logs")
        #expect(storage.directory == real)
        #expect(storage.logs == directory.path + "/logs")
        #expect(try FileManager.default.contentsOfDirectory(atPath: real).contains("logs") == false)
    }

    @Test func `concurrent starts agree on server UUID and secret`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/storage"
        let storages = try await withThrowingTaskGroup(of: Storage.self) { group in
            for _ in 0..<8 { group.addTask { try await onThread { try Storage(at: path) } } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(storages.map(\.serverUUID)).count == 1)
        #expect(storages.allSatisfy { $0.secret == storages[0].secret })
    }
}
