import Core
import Foundation
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

    @Test func `a memcached whose socket has a full queue is asked again until the timeout`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/socket"
        let full = try FullSocket(at: path)
        let begun = ContinuousClock.now
        #expect(throws: KillListError.self) {
            try CacheProcess.Kind.memcached.list(.unix(path), timeout: 300).jobs(on: "a")
        }
        #expect(ContinuousClock.now - begun >= .milliseconds(300))
        // A server with room takes its place.
        let server = try CacheProcess(.memcached)
        let jobs = try await onThread {
            Thread.detachNewThread { rename(server.socket, path) }
            return try CacheProcess.Kind.memcached.list(.unix(path)).jobs(on: "a")
        }
        #expect(jobs.isEmpty)
        withExtendedLifetime((full, server)) {}
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

/// A Unix socket whose queue of connections is full. Nobody accepts them.
private final class FullSocket {
    private var numbers: [Int32] = []

    init(at path: String) throws {
        let listening = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        numbers = [listening]
        try #require(Self.call(bind, listening, path) == 0 && listen(listening, 0) == 0)
        repeat {
            numbers.append(Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0))
        } while Self.call(connect, numbers[numbers.count - 1], path) == 0
        try #require(errno == EAGAIN)
    }

    private static func call(
        _ function: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32, _ number: Int32, _ path: String
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafeBytes(of: address) { bytes in
            guard let base = bytes.baseAddress else { return -1 }
            return function(number, base.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
    }

    deinit {
        for number in numbers { close(number) }
    }
}
