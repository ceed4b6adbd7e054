import Foundation
import Glibc
import MemcachedKillList
import RedisKillList
import TestSupport
import Testing

@testable import Core

/// Kills through each kill list, also during its outages.
@Suite struct KillListTests {
    private static let keys = "kill_switch_key_prefix: \"e2e:killing\"\nenvironment: test"
    private static let kinds: [CacheProcess.Kind?] = [nil] + CacheProcess.Kind.allCases.map(Optional.some)

    private static func sample(_ cache: CacheProcess?) -> SampleConfiguration {
        SampleConfiguration(top: "kill: { grace: 300ms }\nkill_list: \"\(cache?.address ?? "database")\"\n\(keys)")
    }

    private static func list(_ cache: CacheProcess) -> any KillList {
        let server = CacheServer(.unix(cache.socket))
        return switch cache.kind {
        case .redis: RedisKillList(server, name: "e2e:killing:test", timeout: KillListSuite.timeout)
        case .memcached: MemcachedKillList(server, name: "e2e:killing:test", timeout: KillListSuite.timeout)
        }
    }

    @Test(arguments: kinds)
    func `a broker on watch kills what the page requests`(_ kind: CacheProcess.Kind?) async throws {
        let cache = try kind.map { try CacheProcess($0) }
        try await Installation.run(.nginx, Self.sample(cache), alone: true) { installation in
            _ = try await installation.startBroker()
            let ann = try await installation.person("ann")
            var delays: [Int64] = []
            for _ in 1...6 {
                let uuid = try await ann.start("sleep", "600")
                // A start makes the broker read the store. It reads again a second later, unless the list announces
                // something.
                try await Task.sleep(for: .milliseconds(Int.random(in: 100...400)))
                let asked = Clock.realtimeMilliseconds()
                #expect(try await ann.kill(uuid).status == 200)
                #expect(try await ann.settled(uuid).status == .killed)
                let record = try #require(try installation.files(uuid).killRecord())
                delays.append(try #require(record.steps.first).at - asked)
            }
            print("From POST /kill to the first signal with \(kind?.rawValue ?? "the database"): \(delays) ms.")
            // Without an announcement each kill waits for the next read, for 600 ms or more.
            let middle = try #require(delays.sorted().dropFirst(2).first)
            #expect(middle < 600, "\(delays)")
            guard let cache else { return }
            let here = try Storage(at: installation.storage).serverUUID
            try await waitUntil("an empty list") { try Self.list(cache).jobs(on: here).isEmpty }
        }
    }

    @Test(arguments: kinds)
    func `of 50 kills from five processes at once none is lost`(_ kind: CacheProcess.Kind?) async throws {
        let cache = try kind.map { try CacheProcess($0) }
        try await Installation.run(.nginx, Self.sample(cache)) { installation in
            let broker = try await installation.startBroker()
            let ann = try await installation.person("ann")
            var uuids: [JobUUID] = []
            for _ in 1...50 { uuids.append(try await ann.start("sleep", "600")) }
            try await installation.stopBetweenTransactions(broker)
            // On a slow machine a list may exceed its half second, and the command reports it.
            let unannounced = try await withThrowingTaskGroup(of: [JobUUID].self) { [uuids] group in
                for first in 0..<5 {
                    let mine = stride(from: first, to: 50, by: 5).map { uuids[$0] }
                    group.addTask {
                        var late: [JobUUID] = []
                        for uuid in mine {
                            let output = try await installation.broker("kill", "\(uuid)", "--by", "five")
                            #expect(output.status == 0, "\(output.errors)")
                            if output.errors.contains("kill request could not be announced") { late.append(uuid) }
                        }
                        return late
                    }
                }
                return try await group.reduce(into: Set<JobUUID>()) { $0.formUnion($1) }
            }
            if let cache {
                let here = try Storage(at: installation.storage).serverUUID
                let announced = try Self.list(cache).jobs(on: here)
                // If this takes longer than ten seconds, another broker replaces the stopped one and begins to kill.
                let begun = try uuids.filter { try installation.files($0).killRecord() != nil }
                #expect(Set(uuids).subtracting(unannounced).subtracting(begun).isSubset(of: announced))
            }
            broker.signal(SIGCONT)
            for uuid in uuids {
                #expect(try await ann.settled(uuid).killed_by == "five")
                #expect(try installation.log(uuid).split(separator: "\n").count == 1)
            }
        }
    }

    @Test(arguments: CacheProcess.Kind.allCases)
    func `a list that is emptied between request and broker loses no kill`(_ kind: CacheProcess.Kind) async throws {
        let cache = try CacheProcess(kind)
        try await Installation.run(.nginx, Self.sample(cache)) { installation in
            let broker = try await installation.startBroker()
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("sleep", "600")
            try await installation.stopBetweenTransactions(broker)
            #expect(try await ann.kill(uuid).status == 200)
            try cache.empty()
            broker.signal(SIGCONT)
            #expect(try await ann.settled(uuid).status == .killed)
        }
    }

    @Test(arguments: CacheProcess.Kind.allCases)
    func `an outage of the list during kills loses none and doubles none`(
        _ kind: CacheProcess.Kind
    ) async throws {
        let cache = try CacheProcess(kind)
        try await Installation.run(.nginx, Self.sample(cache)) { installation in
            let broker = try await installation.startBroker()
            let ann = try await installation.person("ann")
            var uuids: [JobUUID] = []
            for _ in 1...8 {
                uuids.append(try await ann.start("signals"))
                try await installation.untilLogged(uuids[uuids.count - 1], "ready")
            }
            for (index, uuid) in uuids.enumerated() {
                // The list is down for the second and third kill, hangs for the fifth, and works for the others.
                if index == 1 { cache.stop() }
                if index == 3 { try cache.start() }
                if index == 4 { cache.hang() }
                if index == 5 { cache.goOn() }
                #expect(try await ann.kill(uuid).status == 200)
                #expect(try await ann.kill(uuid).status == 409)
            }
            for uuid in uuids {
                #expect(try await ann.settled(uuid).status == .killed)
                // Each signal was sent once. A job that was killed twice would have received one again.
                let lines = try installation.log(uuid).split(separator: "\n").filter { !$0.hasPrefix("PROCESS KILLED") }
                #expect(lines == ["ready", "TERM", "INT", "HUP", "QUIT"])
                #expect(try installation.log(uuid).split(separator: "\n").count == 6)
            }
            #expect(broker.ending == nil)
            let here = try Storage(at: installation.storage).serverUUID
            try await waitUntil("an empty list") { try Self.list(cache).jobs(on: here).isEmpty }
        }
    }

    @Test func `everything works without the cache server`() async throws {
        let cache = try CacheProcess(.redis)
        cache.stop()
        try await Installation.run(.nginx, Self.sample(cache)) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("sleep", "600")
            #expect(try await ann.kill(uuid).status == 200)
            #expect(try await ann.settled(uuid).status == .killed)
            let check = try await installation.broker("check")
            #expect(check.status == 0)
        }
    }
}
