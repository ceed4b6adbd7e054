import CSystem
import Core
import Foundation
import RedisKillList
import TestSupport
import Testing

/// Features of Redis only: passwords, users, databases and notifications.
struct RedisTests {
    private static let name = "remotisan:killing:test"

    private static func list(
        _ server: CacheProcess, user: String? = nil, password: String? = nil, file: String? = nil, database: Int = 0
    ) -> RedisKillList {
        let address = CacheServer(
            .unix(server.socket), user: user, password: password.map { Password($0) }, passwordFile: file,
            database: database)
        return RedisKillList(address, name: name, timeout: KillListSuite.timeout)
    }

    @Test func `a wrong password is an error that does not show it`() throws {
        let server = try CacheProcess(.redis, ["--requirepass", "s3 cr%t\r\n"])
        let uuid = JobUUID()
        try Self.list(server, password: "s3 cr%t\r\n").add(uuid, on: "a")
        #expect(try Self.list(server, user: "default", password: "s3 cr%t\r\n").jobs(on: "a") == [uuid])
        let wrong = Self.list(server, password: "wr0ng-one")
        let error = try #require(#expect(throws: KillListError.self) { try wrong.add(uuid, on: "a") })
        #expect("\(error)".contains("WRONGPASS"))
        #expect(!"\(error) \(wrong)".contains("wr0ng-one"))
        #expect(throws: KillListError.self) { try Self.list(server).add(uuid, on: "a") }
    }

    @Test func `a password file is read for every connection`() throws {
        let server = try CacheProcess(.redis, ["--requirepass", "first"])
        let directory = try TemporaryDirectory()
        let file = directory.path + "/password"
        try Data("first\n".utf8).write(to: URL(fileURLWithPath: file))
        let list = Self.list(server, file: file)
        let uuid = JobUUID()
        try list.add(uuid, on: "a")
        let link = directory.path + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
        #expect(try Self.list(server, file: link).jobs(on: "a") == [uuid])
        try FileManager.default.removeItem(atPath: file)
        let other = Self.list(server, file: file)
        let error = try #require(#expect(throws: KillListError.self) { try other.add(uuid, on: "a") })
        #expect("\(error)".contains(file))
        #expect(try list.jobs(on: "a") == [uuid])
    }

    @Test func `databases are separate`() throws {
        let server = try CacheProcess(.redis)
        let uuid = JobUUID()
        try Self.list(server, database: 3).add(uuid, on: "a")
        #expect(try Self.list(server, database: 3).jobs(on: "a") == [uuid])
        #expect(try Self.list(server).jobs(on: "a").isEmpty)
        #expect(throws: KillListError.self) { try Self.list(server, database: 99_999).jobs(on: "a") }
    }

    @Test func `an instance is notified of additions to its list and of the end of the server`() throws {
        let server = try CacheProcess(.redis)
        let list = Self.list(server)
        let subscription = try #require(try list.subscribe(on: "a"))
        func isNotified(within milliseconds: Int32) -> Bool {
            system_await([subscription.descriptor], 1, milliseconds) == 1
        }
        try list.add(JobUUID(), on: "b")
        #expect(!isNotified(within: 0))
        for _ in 1...3 {
            try Self.list(server).add(JobUUID(), on: "a")
            #expect(isNotified(within: 10_000))
            try subscription.drain()
            #expect(!isNotified(within: 0))
        }
        server.stop()
        #expect(isNotified(within: 10_000))
        #expect(throws: KillListError.self) { try subscription.drain() }
    }
}
