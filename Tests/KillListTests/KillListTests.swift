import Core
import Glibc
import MemcachedKillList
import RedisKillList
import TestSupport
import Testing

struct KillListTests {
    @Test(arguments: CacheProcess.Kind.allCases, KillListSuite.all)
    func `Redis and memcached pass the tests of kill lists`(_ kind: CacheProcess.Kind, _ item: KillListSuite)
        async throws
    {
        let server = try CacheProcess(kind)
        try await item.check(KillListSuite.Site(server) { kind.list(.unix(server.socket), timeout: $0) })
    }

    @Test(arguments: CacheProcess.Kind.allCases)
    func `a missing server is an error`(_ kind: CacheProcess.Kind) throws {
        for place in [CacheServer.Place.unix("/nonexistent/socket"), .host("127.0.0.1", port: 1)] {
            let error = #expect(throws: KillListError.self) { try kind.list(place).jobs(on: "a") }
            let text = "\(try #require(error))"
            #expect(text.hasPrefix("The kill list cannot be reached: ") && !text.contains("0x"), "\(text)")
        }
    }

    @Test(arguments: CacheProcess.Kind.allCases)
    func `a kill list may be on a TCP port`(_ kind: CacheProcess.Kind) throws {
        // If the port is in use the server does not start. Then the test tries another one.
        for _ in 1...20 {
            let port = UInt16.random(in: 30_100...32_000)
            guard let server = try? CacheProcess(kind, port: port) else { continue }
            let list = kind.list(.host("127.0.0.1", port: port))
            let uuid = JobUUID()
            try list.add(uuid, on: "a")
            #expect(try list.jobs(on: "a") == [uuid])
            server.stop()
            return
        }
        Issue.record("No port was free.")
    }
}

extension CacheProcess.Kind {
    /// A kill list with a long timeout, because the machine is busy during tests.
    func list(_ place: CacheServer.Place, timeout: Int = KillListSuite.timeout) -> any KillList {
        let server = CacheServer(place)
        return switch self {
        case .redis: RedisKillList(server, name: "remotisan:killing:test", timeout: timeout)
        case .memcached: MemcachedKillList(server, name: "remotisan:killing:test", timeout: timeout)
        }
    }
}
