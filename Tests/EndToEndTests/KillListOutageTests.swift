import Foundation
import Glibc
import MemcachedKillList
import RedisKillList
import TestSupport
import Testing

@testable import Core

/// Conditions of Redis and memcached in which kill requests cannot be announced, or announcements get lost.
@Suite struct KillListOutageTests {
    /// A condition of the server, and how it begins and ends.
    enum Condition: String, CaseIterable, CustomTestStringConvertible {
        case redisIsDown = "Redis is down"
        case redisIsFrozen = "Redis is frozen"
        case redisIsFull = "Redis has no memory left (noeviction)"
        case redisIsReplica = "Redis is a read-only replica"
        case redisWantsPassword = "Redis wants another password"
        case memcachedIsDown = "memcached is down"
        case memcachedIsFrozen = "memcached is frozen"
        case memcachedIsFull = "memcached has no memory left (-M)"

        var testDescription: String { rawValue }

        var kind: CacheProcess.Kind { rawValue.hasPrefix("Redis") ? .redis : .memcached }

        func begin(_ cache: CacheProcess) throws {
            switch self {
            case .redisIsDown, .memcachedIsDown: cache.stop()
            case .redisIsFrozen, .memcachedIsFrozen: cache.hang()
            case .redisIsFull: try cache.send("CONFIG SET maxmemory 1")
            case .redisIsReplica: try cache.send("REPLICAOF 127.0.0.1 1")
            case .redisWantsPassword:
                try cache.send("CONFIG SET requirepass another")
                // Connections that are logged in stay so.
                try cache.send("AUTH another", "CLIENT KILL TYPE normal SKIPME yes", "CLIENT KILL TYPE pubsub")
            case .memcachedIsFull: try cache.fill()
            }
        }

        func end(_ cache: CacheProcess) throws {
            switch self {
            case .redisIsDown, .memcachedIsDown: try cache.start()
            case .redisIsFrozen, .memcachedIsFrozen: cache.goOn()
            case .redisIsFull: try cache.send("CONFIG SET maxmemory 0")
            case .redisIsReplica: try cache.send("REPLICAOF NO ONE")
            case .redisWantsPassword: try cache.send("AUTH another", "CONFIG SET requirepass \"\"")
            case .memcachedIsFull: try cache.empty()
            }
        }

        /// Whether the server refuses announcements, to make sure that the condition is real.
        func isEffective(_ list: any KillList) -> Bool {
            do {
                try list.add(JobUUID(), on: "\(JobUUID())")
                return false
            } catch {
                return true
            }
        }
    }

    private static func sample(_ cache: CacheProcess) -> SampleConfiguration {
        SampleConfiguration(
            top: """
                kill: { grace: 300ms }
                kill_list: "\(cache.address)"
                kill_switch_key_prefix: "e2e:killing"
                environment: test
                """)
    }

    private static func list(_ cache: CacheProcess) -> any KillList {
        let server = CacheServer(.unix(cache.socket))
        return switch cache.kind {
        case .redis: RedisKillList(server, name: "e2e:killing:test", timeout: KillListSuite.timeout)
        case .memcached: MemcachedKillList(server, name: "e2e:killing:test", timeout: KillListSuite.timeout)
        }
    }

    @Test(arguments: Condition.allCases)
    func `a kill that cannot be announced is answered and carried out`(_ condition: Condition) async throws {
        let cache = try CacheProcess(condition.kind, condition == .memcachedIsFull ? ["-M"] : [])
        try await Installation.run(.nginx, Self.sample(cache)) { installation in
            let broker = try await installation.startBroker()
            let ann = try await installation.person("ann")
            let uuids = [try await ann.start("sleep", "600"), try await ann.start("sleep", "600")]
            let last = try await ann.start("sleep", "600")
            try condition.begin(cache)
            // A server that does not answer costs half a second here, so only those that answer are asked.
            if ![.redisIsFrozen, .memcachedIsFrozen].contains(condition) {
                #expect(condition.isEffective(Self.list(cache)))
            }
            for uuid in uuids {
                let asked = ContinuousClock.now
                let reply = try await ann.kill(uuid)
                let took = ContinuousClock.now - asked
                #expect(reply.status == 200, "\(reply.text)")
                #expect(try await ann.settled(uuid).killed_by == "ann")
                print("\(condition.rawValue): POST /kill took \(took).")
            }
            try condition.end(cache)
            let here = try Storage(at: installation.storage).serverUUID
            #expect(try await ann.kill(last).status == 200)
            #expect(try await ann.settled(last).killed_by == "ann")
            try await waitUntil("an empty list") { try Self.list(cache).jobs(on: here).isEmpty }
            #expect(broker.ending == nil)
            let log = ProcessFacts.text(installation.directory + "/responder.log")
            #expect(!log.contains("another"), "A password is in the log.")
        }
    }

    @Test(arguments: CacheProcess.Kind.allCases)
    func `a kill whose announcement the server has evicted is carried out`(_ kind: CacheProcess.Kind) async throws {
        let cache = try CacheProcess(kind)
        try await Installation.run(.nginx, Self.sample(cache)) { installation in
            let broker = try await installation.startBroker()
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("sleep", "600")
            try await installation.stopBetweenTransactions(broker)
            #expect(try await ann.kill(uuid).status == 200)
            let here = try Storage(at: installation.storage).serverUUID
            #expect(try Self.list(cache).jobs(on: here) == [uuid])
            switch kind {
            case .redis:
                try cache.send("CONFIG SET maxmemory-policy allkeys-random", "CONFIG SET maxmemory 1")
                try await waitUntil("the eviction") {
                    _ = try cache.send("SET filling x")
                    return try Self.list(cache).jobs(on: here).isEmpty
                }
            case .memcached:
                try cache.fill()
                try #require(try Self.list(cache).jobs(on: here).isEmpty)
            }
            broker.signal(SIGCONT)
            #expect(try await ann.settled(uuid).killed_by == "ann")
        }
    }
}
