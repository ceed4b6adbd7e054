import Core
import Foundation
import Testing

/// What every kill list must do, whatever is under it: each function is one sentence, given a server of its own.
package struct KillListSuite: Sendable {
    /// What it does, as a test's name says it.
    package let name: String
    /// Looks whether a list does it.
    package let check: @Sendable (Site) async throws -> Void

    /// A server, and as many lists on it as there would be processes.
    package struct Site: Sendable {
        /// The server.
        package let server: CacheProcess
        private let make: @Sendable (_ timeout: Int) -> any KillList

        /// Puts both together.
        package init(_ server: CacheProcess, make: @escaping @Sendable (_ timeout: Int) -> any KillList) {
            self.server = server
            self.make = make
        }

        /// Makes a list with connections of its own, that waits so many milliseconds.
        func makeList(timeout: Int = KillListSuite.timeout) -> any KillList { make(timeout) }
    }

    /// Milliseconds that a server may need while all tests want the machine.
    package static let timeout = 20_000

    /// All of them.
    package static let all: [KillListSuite] = [
        .init(name: "what is added is there until it is removed, for one instance alone", check: keeps),
        .init(name: "adding and removing once more changes nothing", check: isIdempotent),
        .init(name: "of 50 added at once by five none is lost", check: losesNothing),
        .init(name: "what is removed while others add is gone, and nothing else", check: removesAmongAdditions),
        .init(name: "a list that was emptied goes on", check: goesOnWhenEmptied),
        .init(name: "a server that went away is told of, and one that came back is used", check: comesBack),
        .init(name: "a server that hangs is waited for a moment only", check: doesNotHang),
        .init(name: "a strange name of an instance does no harm", check: bearsStrangeNames),
        .init(name: "hundreds fit in", check: keepsMany),
    ]

    private static let here = "11111111-2222-3333-4444-555555555555"
    private static let there = "99999999-8888-7777-6666-555555555555"

    static func keeps(_ site: Site) throws {
        let (list, other) = (site.makeList(), site.makeList())
        #expect(try list.jobs(on: here).isEmpty)
        let (one, two) = (JobUUID(), JobUUID())
        try list.add(one, on: here)
        try other.add(two, on: there)
        #expect(try other.jobs(on: here) == [one])
        #expect(try list.jobs(on: there) == [two])
        try list.remove([one], on: here)
        #expect(try other.jobs(on: here).isEmpty)
        #expect(try list.jobs(on: there) == [two])
    }

    static func isIdempotent(_ site: Site) throws {
        let list = site.makeList()
        let (one, two) = (JobUUID(), JobUUID())
        try list.remove([one], on: here)
        for uuid in [one, two, one] { try list.add(uuid, on: here) }
        #expect(try list.jobs(on: here) == [one, two])
        for _ in 1...2 { try list.remove([one], on: here) }
        try list.remove([], on: here)
        #expect(try list.jobs(on: here) == [two])
    }

    static func losesNothing(_ site: Site) async throws {
        let batches = (1...5).map { _ in (1...10).map { _ in JobUUID() } }
        try await add(batches, site)
        #expect(try site.makeList().jobs(on: here) == Set(batches.joined()))
    }

    static func removesAmongAdditions(_ site: Site) async throws {
        let list = site.makeList()
        let old = (1...10).map { _ in JobUUID() }
        for uuid in old { try list.add(uuid, on: here) }
        let batches = (1...4).map { _ in (1...10).map { _ in JobUUID() } }
        async let removed: Void = onThread { for uuid in old { try list.remove([uuid], on: here) } }
        try await add(batches, site)
        try await removed
        #expect(try list.jobs(on: here) == Set(batches.joined()))
    }

    static func goesOnWhenEmptied(_ site: Site) throws {
        let list = site.makeList()
        let (one, two) = (JobUUID(), JobUUID())
        try list.add(one, on: here)
        try site.server.empty()
        #expect(try list.jobs(on: here).isEmpty)
        try list.remove([one], on: here)
        try list.add(two, on: here)
        #expect(try list.jobs(on: here) == [two])
    }

    static func comesBack(_ site: Site) throws {
        let list = site.makeList()
        try list.add(JobUUID(), on: here)
        site.server.stop()
        #expect(throws: KillListError.self) { try list.add(JobUUID(), on: here) }
        #expect(throws: KillListError.self) { try list.jobs(on: here) }
        try site.server.start()
        let uuid = JobUUID()
        // It is left alone for a moment after a failure.
        try blockUntil("the list comes back") { (try? list.add(uuid, on: here)) != nil }
        #expect(try list.jobs(on: here) == [uuid])
        // One that was restarted between two calls is not even noticed.
        site.server.stop()
        try site.server.start()
        try list.add(uuid, on: here)
        #expect(try site.makeList().jobs(on: here) == [uuid])
    }

    static func doesNotHang(_ site: Site) throws {
        let list = site.makeList(timeout: 300)
        // It may be hasty even with a server that works.
        while (try? list.add(JobUUID(), on: here)) == nil { Thread.sleep(forTimeInterval: 0.01) }
        site.server.hang()
        defer { site.server.goOn() }
        let first = ContinuousClock().measure { #expect(throws: KillListError.self) { try list.jobs(on: here) } }
        #expect(first < .seconds(5))
        // It is not waited for again right away.
        // A slow machine may let the whole pause go by between two calls; not between all of these.
        let later = (1...10).map { _ in
            ContinuousClock().measure { #expect(throws: KillListError.self) { try list.jobs(on: here) } }
        }
        #expect(later.contains { $0 < .milliseconds(200) }, "\(later)")
    }

    static func bearsStrangeNames(_ site: Site) throws {
        let list = site.makeList()
        let uuid = JobUUID()
        for name in ["a b", "\r\nflush_all\r\n", String(repeating: "x", count: 300), "", "é", "%s%n"] {
            do {
                try list.add(uuid, on: name)
                #expect(try list.jobs(on: name) == [uuid], "\(name)")
            } catch KillListError.refused {
                // Then the broker that it is about finds the wish in the table.
            }
        }
        try list.add(uuid, on: here)
        #expect(try list.jobs(on: here) == [uuid])
    }

    static func keepsMany(_ site: Site) throws {
        let list = site.makeList()
        let uuids = (1...500).map { _ in JobUUID() }
        for uuid in uuids { try list.add(uuid, on: here) }
        #expect(try list.jobs(on: here) == Set(uuids))
        try list.remove(Set(uuids.dropFirst()), on: here)
        #expect(try list.jobs(on: here) == Set(uuids.prefix(1)))
    }

    /// Adds each batch over connections of its own, all at once.
    private static func add(_ batches: [[JobUUID]], _ site: Site) async throws {
        try await withThrowingTaskGroup { group in
            for batch in batches {
                group.addTask {
                    try await onThread {
                        let list = site.makeList()
                        for uuid in batch { try list.add(uuid, on: here) }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
