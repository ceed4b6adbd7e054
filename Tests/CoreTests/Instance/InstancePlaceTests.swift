import Foundation
import Glibc
import SQLiteStore
import TestSupport
import Testing

@testable import Core

/// Which of two storages with one UUID is the copy.
struct InstancePlaceTests {
    private static let own = InstancePlace(
        machine: "m1", bootID: "b1", pidNamespace: 7, device: 1, inode: 2, path: "/var/lib/remotisan")

    private static func other(_ change: (inout InstancePlace) -> Void) -> InstancePlace {
        var place = own
        change(&place)
        return place
    }

    private static func observed(
        silence: Int64? = 5, uptime: Int64 = 10_000, isLocked: Bool? = nil
    ) -> InstancePlace.Observation {
        .init(silence: silence, goneAfter: 150, uptime: uptime, isLocked: isLocked)
    }

    @Test func `the same directory is never a copy`() {
        let renamed = Self.other { $0.path = "/srv/elsewhere" }
        let container = Self.other {
            $0.machine = "m2"
            $0.pidNamespace = 8
        }
        for place in [Self.own, renamed, container] {
            #expect(!Self.own.isTaken(by: place, Self.observed(isLocked: true)))
        }
    }

    @Test(
        arguments: [
            (nil, 1, false),  // the old directory is gone: moved
            (true, 1, true), (true, 10_000, true),  // a program holds a lock there
            (false, 1, true), (false, 15, true), (false, 16, false),  // between two watches of cron, and silent
        ] as [(Bool?, Int64, Bool)])
    func `on one kernel the locks in the other directory decide`(_ isLocked: Bool?, _ silence: Int64, _ isTaken: Bool) {
        let copy = Self.other {
            $0.inode = 3
            $0.path = "/srv/copy"
        }
        #expect(Self.own.isTaken(by: copy, Self.observed(silence: silence, isLocked: isLocked)) == isTaken)
    }

    @Test(
        arguments: [
            (20_000, 10_000, false),  // silent since before the boot: restarted
            (149, 10_000, true),  // it registered after our boot: a clone
            (151, 10_000, false),  // it is gone
            (15, 5, true), (16, 5, false), (25, 20, false),  // soon after a boot the last heartbeat tells
        ] as [(Int64, Int64, Bool)])
    func `a machine that was restarted is no copy, and a cloned machine is one`(
        _ silence: Int64, _ uptime: Int64, _ isTaken: Bool
    ) {
        let restarted = Self.other { $0.bootID = "b0" }
        #expect(Self.own.isTaken(by: restarted, Self.observed(silence: silence, uptime: uptime)) == isTaken)
    }

    @Test(arguments: [(0, true), (150, true), (151, false)] as [(Int64, Bool)])
    func `on another machine only silence tells that a storage was moved`(_ silence: Int64, _ isTaken: Bool) {
        let elsewhere = Self.other {
            $0.machine = "m2"
            $0.bootID = "b2"
        }
        #expect(Self.own.isTaken(by: elsewhere, Self.observed(silence: silence)) == isTaken)
        let container = Self.other {
            $0.pidNamespace = 8
            $0.inode = 3
        }
        #expect(Self.own.isTaken(by: container, Self.observed(silence: silence)) == isTaken)
    }

    @Test func `a store that is a file of this machine is not shared with other boots`() {
        let restarted = Self.other { $0.bootID = "b0" }
        #expect(!Self.own.isTaken(by: restarted, Self.observed(silence: nil)))
    }

    @Test func `parsing a written place returns the same place`() throws {
        let place = Self.other { $0.path = "/srv/a b c" }
        #expect(InstancePlace(place.text) == place)
        for text in ["", "m b 1 2 3", "m b x 2 3 /p"] { #expect(InstancePlace(text) == nil) }
        let temporary = try TemporaryStorage()
        let real = InstancePlace(of: temporary.storage)
        #expect(InstancePlace(real.text) == real)
        #expect(real.isLocked() == false)
    }

    // MARK: Two copies that share a store

    private struct Copies {
        let original: TemporaryStorage
        let copy: Storage
        let store: SQLiteStore
        let log = RecordedLog()

        init() throws {
            original = try TemporaryStorage()
            store = try SQLiteStore(path: original.directory.path + "/shared.sqlite")
            try store.migrate()
            let path = original.directory.path + "/copy"
            try FileManager.default.copyItem(atPath: original.storage.directory, toPath: path)
            copy = try Storage(at: path)
        }

        func heartbeat(_ storage: Storage) -> Heartbeat {
            Heartbeat(
                registry: store, configuration: .init(name: "one", address: nil, goneAfter: 150), storage: storage,
                log: log.logger)
        }

        func watch(_ storage: Storage) throws -> BrokerWatch {
            let configuration = try Configuration.sample()
            return BrokerWatch(
                pass: BrokerPass(
                    configuration: configuration, catalogue: Catalogue(configuration, storage: storage), store: store,
                    storage: storage, log: log.logger),
                heartbeat: heartbeat(storage), storage: storage, store: store, log: log.logger)
        }
    }

    @Test func `the later of two living copies settles nothing and learns of the conflict`() throws {
        let copies = try Copies()
        let lock = try HeldResponderLock(copies.original.storage)
        try copies.heartbeat(copies.original.storage).register()
        // It runs in the original. In the copy its files are missing, so it would count as lost.
        let uuid = JobUUID()
        _ = try copies.store.insert(.sample(uuid, server: copies.copy.serverUUID), limit: nil)
        let held = try HeldLock(copies.original.files(uuid))

        let later = copies.heartbeat(copies.copy)
        try later.register()
        let conflict = try #require(later.conflict)
        #expect(conflict.description.contains(copies.original.storage.directory))
        #expect(conflict.description.contains("instances renew"))
        #expect(try copies.watch(copies.copy).run(for: 0))
        #expect(try copies.store.execution(uuid)?.status == .running)
        #expect(copies.log.has("this instance is a copy"))
        let first = copies.heartbeat(copies.original.storage)
        try first.register()
        #expect(first.conflict == nil)
        withExtendedLifetime((lock, held)) {}
    }

    @Test func `a storage whose old directory is gone was moved and takes over at once`() throws {
        let copies = try Copies()
        try copies.heartbeat(copies.original.storage).register()
        let uuid = JobUUID()
        _ = try copies.store.insert(.sample(uuid, server: copies.copy.serverUUID), limit: nil)
        try FileManager.default.removeItem(atPath: copies.original.storage.directory)
        let moved = copies.heartbeat(copies.copy)
        try moved.check()
        #expect(moved.conflict == nil)
        #expect(try copies.store.instance(copies.copy.serverUUID)?.place == InstancePlace(of: copies.copy))
        #expect(try copies.watch(copies.copy).run(for: 0))
        #expect(try copies.store.execution(uuid)?.ending.isLost == true)
    }

    @Test func `of two copies that register at once, one succeeds`() throws {
        let copies = try Copies()
        let row = { (place: InstancePlace) in
            var row = RegisteredInstance.sample("x")
            row.place = place
            return row
        }
        let one = Self.other { $0.inode = 10 }
        let two = Self.other { $0.inode = 11 }
        #expect(try copies.store.register(row(one), replacing: nil))
        #expect(try !copies.store.register(row(two), replacing: nil))
        #expect(try copies.store.register(row(one), replacing: nil))
        #expect(try copies.store.register(row(two), replacing: one))
        #expect(try !copies.store.register(row(one), replacing: nil))
    }

    @Test func `renewing gives a new UUID and a new secret`() throws {
        let copies = try Copies()
        #expect(!copies.copy.isRenewed)
        let uuid = try copies.copy.renew()
        #expect(copies.copy.isRenewed)
        let renewed = try Storage(at: copies.copy.directory)
        #expect(renewed.serverUUID == uuid)
        #expect(renewed.serverUUID != copies.original.storage.serverUUID)
        #expect(renewed.secret != copies.original.storage.secret)
        #expect(!copies.original.storage.isRenewed)
    }

    // MARK: Silence

    @Test(arguments: [15 * 60, -15 * 60, 400 * 86_400, -400 * 86_400] as [Int64])
    func `a wall clock that is set makes no instance of this boot look gone or alive`(_ jump: Int64) throws {
        let copies = try Copies()
        let server = copies.original.storage.serverUUID
        func register(secondsAgo: Int64) throws {
            // As it was before the clock was set by `jump`.
            let seen = Clock.seconds() - jump - secondsAgo
            try copies.store.register(
                RegisteredInstance(
                    serverUUID: server, name: "one", version: "1", address: nil, firstSeen: seen, lastSeen: seen,
                    goneAfter: 150, place: InstancePlace(of: copies.original.storage),
                    clockOffset: Clock.offset() - jump * 1000))
        }
        let closing = CloseInstance(registry: copies.store, log: copies.log.logger)
        try register(secondsAgo: 10)
        #expect(try #require(try copies.store.instance(server)).isGone(at: Clock.seconds()) == false)
        #expect(throws: CloseInstanceError.self) { try closing.close(server, by: "a", now: Clock.seconds()) }
        try register(secondsAgo: 200)
        #expect(try #require(try copies.store.instance(server)).isGone(at: Clock.seconds()))
        #expect(try closing.close(server, by: "a", now: Clock.seconds()) == 0)
    }
}
