import Core
import Foundation
import Testing

/// The tests that every kill list must pass. Each function gets its own server.
package struct KillListSuite: Sendable {
    /// The name of the test.
    package let name: String
    /// The test.
    package let check: @Sendable (Site) async throws -> Void

    /// A server, and a function that creates kill lists on it.
    package struct Site: Sendable {
        package let server: CacheProcess
        private let make: @Sendable (_ timeout: Int) -> any KillList

        package init(_ server: CacheProcess, make: @escaping @Sendable (_ timeout: Int) -> any KillList) {
            self.server = server
            self.make = make
        }

        /// Creates a kill list with its own connections.
        ///
        /// - Parameter timeout: Milliseconds.
        func makeList(timeout: Int = KillListSuite.timeout) -> any KillList { make(timeout) }
    }

    /// Timeout of a kill list in milliseconds. It is long, because the machine is busy during tests.
    package static let timeout = 20_000

    package static let all: [KillListSuite] = [
        .init(name: "a job is listed for its instance until it is removed", check: lists),
        .init(name: "adding or removing a job twice has no further effect", check: isIdempotent),
        .init(name: "concurrent additions are not lost", check: keepsConcurrentAdditions),
        .init(name: "concurrent additions and removals do not affect each other", check: removesConcurrently),
        .init(name: "a list works after its server has lost the data", check: survivesDataLoss),
        .init(name: "a stopped server is an error, and a restarted server is used again", check: reconnects),
        .init(name: "a hanging server causes a timeout", check: timesOut),
        .init(name: "names of instances with special characters are harmless", check: acceptsSpecialNames),
        .init(name: "a list holds hundreds of jobs", check: holdsMany),
    ]

    private static let server = "11111111-2222-3333-4444-555555555555"
    private static let otherServer = "99999999-8888-7777-6666-555555555555"

    static func lists(_ site: Site) throws {
        let (list, other) = (site.makeList(), site.makeList())
        #expect(try list.jobs(on: server).isEmpty)
        let (one, two) = (JobUUID(), JobUUID())
        try list.add(one, on: server)
        try other.add(two, on: otherServer)
        #expect(try other.jobs(on: server) == [one])
        #expect(try list.jobs(on: otherServer) == [two])
        try list.remove([one], on: server)
        #expect(try other.jobs(on: server).isEmpty)
        #expect(try list.jobs(on: otherServer) == [two])
    }

    static func isIdempotent(_ site: Site) throws {
        let list = site.makeList()
        let (one, two) = (JobUUID(), JobUUID())
        try list.remove([one], on: server)
        for uuid in [one, two, one] { try list.add(uuid, on: server) }
        #expect(try list.jobs(on: server) == [one, two])
        for _ in 1...2 { try list.remove([one], on: server) }
        try list.remove([], on: server)
        #expect(try list.jobs(on: server) == [two])
    }

    static func keepsConcurrentAdditions(_ site: Site) async throws {
        let batches = (1...5).map { _ in (1...10).map { _ in JobUUID() } }
        try await add(batches, site)
        #expect(try site.makeList().jobs(on: server) == Set(batches.joined()))
    }

    static func removesConcurrently(_ site: Site) async throws {
        let list = site.makeList()
        let old = (1...10).map { _ in JobUUID() }
        for uuid in old { try list.add(uuid, on: server) }
        let batches = (1...4).map { _ in (1...10).map { _ in JobUUID() } }
        async let removed: Void = onThread { for uuid in old { try list.remove([uuid], on: server) } }
        try await add(batches, site)
        try await removed
        #expect(try list.jobs(on: server) == Set(batches.joined()))
    }

    static func survivesDataLoss(_ site: Site) throws {
        let list = site.makeList()
        let (one, two) = (JobUUID(), JobUUID())
        try list.add(one, on: server)
        try site.server.empty()
        #expect(try list.jobs(on: server).isEmpty)
        try list.remove([one], on: server)
        try list.add(two, on: server)
        #expect(try list.jobs(on: server) == [two])
    }

    static func reconnects(_ site: Site) throws {
        let list = site.makeList()
        try list.add(JobUUID(), on: server)
        site.server.stop()
        #expect(throws: KillListError.self) { try list.add(JobUUID(), on: server) }
        #expect(throws: KillListError.self) { try list.jobs(on: server) }
        try site.server.start()
        let uuid = JobUUID()
        // After a failure the list does not connect for a moment.
        try blockUntil("the kill list works again") { (try? list.add(uuid, on: server)) != nil }
        #expect(try list.jobs(on: server) == [uuid])
        // A restart between two calls causes no error.
        site.server.stop()
        try site.server.start()
        try list.add(uuid, on: server)
        #expect(try site.makeList().jobs(on: server) == [uuid])
    }

    static func timesOut(_ site: Site) throws {
        let list = site.makeList(timeout: 300)
        // With this timeout even a working server may be too slow.
        while (try? list.add(JobUUID(), on: server)) == nil { Thread.sleep(forTimeInterval: 0.01) }
        site.server.hang()
        defer { site.server.goOn() }
        let first = ContinuousClock().measure { #expect(throws: KillListError.self) { try list.jobs(on: server) } }
        #expect(first < .seconds(5))
        // The next calls fail at once. On a slow machine the pause may be over between two calls, but not between all.
        let later = (1...10).map { _ in
            ContinuousClock().measure { #expect(throws: KillListError.self) { try list.jobs(on: server) } }
        }
        #expect(later.contains { $0 < .milliseconds(200) }, "\(later)")
    }

    static func acceptsSpecialNames(_ site: Site) throws {
        let list = site.makeList()
        let uuid = JobUUID()
        for name in ["a b", "\r\nflush_all\r\n", String(repeating: "x", count: 300), "", "é", "%s%n"] {
            do {
                try list.add(uuid, on: name)
                #expect(try list.jobs(on: name) == [uuid], "\(name)")
            } catch KillListError.refused {
                // The broker then finds the kill request in the store.
            }
        }
        try list.add(uuid, on: server)
        #expect(try list.jobs(on: server) == [uuid])
    }

    static func holdsMany(_ site: Site) throws {
        let list = site.makeList()
        let uuids = (1...500).map { _ in JobUUID() }
        for uuid in uuids { try list.add(uuid, on: server) }
        #expect(try list.jobs(on: server) == Set(uuids))
        try list.remove(Set(uuids.dropFirst()), on: server)
        #expect(try list.jobs(on: server) == Set(uuids.prefix(1)))
    }

    /// Adds all batches concurrently, each over its own connections.
    private static func add(_ batches: [[JobUUID]], _ site: Site) async throws {
        try await withThrowingTaskGroup { group in
            for batch in batches {
                group.addTask {
                    try await onThread {
                        let list = site.makeList()
                        for uuid in batch { try list.add(uuid, on: server) }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
