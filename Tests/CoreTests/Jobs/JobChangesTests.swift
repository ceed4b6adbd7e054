import CSystem
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// Real jobs, and what a broker on watch learns of them without looking.
struct JobChangesTests {
    private static func site() throws -> KillSite {
        try KillSite(["wait": "run: [\"/bin/sh\", \"-c\", \"until [ -e @WORK@/stop ]; do sleep 0.05; done\"]"])
    }

    /// Waits until there is news.
    private static func awaitNews(_ changes: JobChanges) throws {
        let descriptors = changes.descriptors
        try #require(system_await(descriptors, Int32(descriptors.count), 10_000) != 0, "no news within 10 s")
        changes.read()
    }

    /// Waits until the supervisor of a job has written its record, and takes the news of that.
    private static func untilRecorded(_ uuid: JobUUID, in site: KillSite) throws -> PidRecord {
        let files = site.temporary.files(uuid)
        try blockUntil("the pid record") { try files.pidRecord() != nil }
        return try #require(try files.pidRecord())
    }

    /// Starts a job, and takes and watches it.
    private static func watched(in site: KillSite) throws -> (changes: JobChanges, uuid: JobUUID, record: PidRecord) {
        let changes = JobChanges(site.storage) { _ in }
        let uuid = try site.start("wait")
        let record = try untilRecorded(uuid, in: site)
        changes.read()
        _ = changes.take(of: [uuid])
        changes.watch([uuid], among: [uuid])
        return (changes, uuid, record)
    }

    @Test func `a job that is watched is taken again only when it ends`() throws {
        let site = try Self.site()
        defer { site.end() }
        let changes = JobChanges(site.storage) { _ in Issue.record("inotify is missing") }
        let uuid = try site.start("wait")
        _ = try Self.untilRecorded(uuid, in: site)
        changes.read()
        #expect(changes.take(of: [uuid]) == [uuid])
        changes.watch([uuid], among: [uuid])
        changes.read()
        #expect(!changes.hasNews)
        #expect(changes.take(of: [uuid]).isEmpty)

        try Data().write(to: URL(filePath: "\(site.work)/stop"))
        try Self.awaitNews(changes)
        #expect(changes.take(of: [uuid]) == [uuid])
    }

    @Test func `the death of a supervisor is news, and afterwards its job is always taken`() throws {
        let site = try Self.site()
        defer { site.end() }
        let (changes, uuid, record) = try Self.watched(in: site)
        #expect(kill(record.supervisor.pid, SIGKILL) == 0)
        try Self.awaitNews(changes)
        for _ in 1...2 {
            #expect(changes.take(of: [uuid]) == [uuid])
            changes.watch([uuid], among: [uuid])
        }
    }

    @Test func `the end of a command is news even if its supervisor is stopped`() throws {
        let site = try Self.site()
        defer { site.end() }
        let (changes, uuid, record) = try Self.watched(in: site)
        #expect(kill(record.supervisor.pid, SIGSTOP) == 0)
        #expect(kill(record.command.pid, SIGKILL) == 0)
        try Self.awaitNews(changes)
        for _ in 1...2 {
            #expect(changes.hasNews)
            #expect(changes.take(of: [uuid]) == [uuid])
            changes.watch([uuid], among: [uuid])
        }
        // The end of the supervisor is news, too, because a kill waits for it.
        #expect(kill(record.supervisor.pid, SIGKILL) == 0)
        try Self.awaitNews(changes)
        try blockUntil("the end of the job") { try site.pass.run(of: changes) == 0 }
    }

    @Test func `jobs beyond the limit are not watched`() throws {
        let site = try Self.site()
        defer { site.end() }
        let changes = JobChanges(site.storage, limit: 1) { _ in }
        let uuids = try [site.start("wait"), site.start("wait")]
        let records = try uuids.map { try Self.untilRecorded($0, in: site) }
        #expect(try site.pass.run(of: changes) == 2)
        #expect(!changes.hasNews)
        // The exit record of the one, and the end of the other.
        for record in records { #expect(kill(record.command.pid, SIGKILL) == 0) }
        try blockUntil("the end of both jobs") { try site.pass.run(of: changes) == 0 }
    }

    @Test func `beyond the limit the kernel announces that a supervisor has ended`() throws {
        let site = try Self.site()
        let changes = JobChanges(site.storage, limit: 0) { _ in Issue.record("inotify is missing") }
        let uuid = JobUUID()
        var lock: HeldLock? = try HeldLock(site.temporary.files(uuid))
        for _ in 1...2 {
            _ = changes.take(of: [uuid])
            changes.watch([uuid], among: [uuid])
        }
        changes.read()
        #expect(!changes.hasNews)
        #expect(changes.take(of: [uuid]).isEmpty)
        withExtendedLifetime(lock) {}
        lock = nil
        try Self.awaitNews(changes)
        #expect(changes.take(of: [uuid]) == [uuid])

        // Now that nobody holds the lock, those who take it to settle the job make no news.
        changes.watch([uuid], among: [uuid])
        changes.read()
        _ = changes.take(of: [])
        _ = try HeldLock(site.temporary.files(uuid))
        changes.read()
        #expect(!changes.hasNews)
    }

    @Test func `jobs of which the locks are watched are taken after a minute, not all at once`() throws {
        let site = try Self.site()
        let changes = JobChanges(site.storage, limit: 0) { _ in Issue.record("inotify is missing") }
        let uuids = (0...JobChanges.shareMax).map { _ in JobUUID() }
        let locks = try uuids.map { try HeldLock(site.temporary.files($0)) }
        #expect(changes.take(of: uuids).count == uuids.count)
        changes.watch(Set(uuids), among: Set(uuids))
        changes.read()
        let now = Clock.boottimeMilliseconds()
        #expect(changes.take(of: uuids, at: now + 50_000).isEmpty)
        #expect(changes.take(of: uuids, at: now + 60_000).count == JobChanges.shareMax)
        withExtendedLifetime(locks) {}
    }

    @Test func `a watched job is unchanged until its command ends`() throws {
        let site = try Self.site()
        defer { site.end() }
        let (changes, uuid, record) = try Self.watched(in: site)
        #expect(changes.isUnchanged(uuid))
        #expect(!changes.isUnchanged(JobUUID()))
        #expect(kill(record.supervisor.pid, SIGSTOP) == 0)
        #expect(kill(record.command.pid, SIGKILL) == 0)
        try Self.awaitNews(changes)
        _ = changes.take(of: [uuid])
        #expect(!changes.isUnchanged(uuid), "The supervisor has to be watched until it ends.")
    }

    @Test func `a kill record is no news`() throws {
        let site = try Self.site()
        defer { site.end() }
        let (changes, uuid, _) = try Self.watched(in: site)
        try site.temporary.files(uuid).write(KillRecord(requester: "x", startedBoottime: 1, bootID: "b"))
        changes.read()
        #expect(changes.isUnchanged(uuid))
    }

    @Test func `a job without a pid record is always taken`() throws {
        let site = try Self.site()
        let changes = JobChanges(site.storage) { _ in }
        let uuid = JobUUID()
        for _ in 1...2 {
            #expect(changes.take(of: [uuid]) == [uuid])
            changes.watch([uuid], among: [uuid])
        }
    }

    @Test func `a pass settles the job that has ended, and keeps the others`() throws {
        let site = try Self.site()
        defer { site.end() }
        let changes = JobChanges(site.storage) { _ in }
        let uuids = try [site.start("wait"), site.start("wait")]
        let records = try uuids.map { try Self.untilRecorded($0, in: site) }
        #expect(try site.pass.run(of: changes) == 2)
        #expect(try site.pass.run(of: changes) == 2)
        #expect(kill(records[0].command.pid, SIGKILL) == 0)
        try blockUntil("the end of one job") {
            try Self.awaitNews(changes)
            return try site.pass.run(of: changes) == 1
        }
        #expect(try site.row(uuids[0]).status == .failed)
        #expect(try site.row(uuids[1]).status == .running)
    }
}
