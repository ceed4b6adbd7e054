import Glibc
import TestSupport
import Testing

@testable import Core

struct JobNewsTests {
    /// Writes to a file, and closes it.
    private static func append(_ text: String, to path: String) throws {
        let file = try #require(fopen(path, "a"))
        fputs(text, file)
        fclose(file)
    }

    /// Waits until news is announced, and takes it.
    private static func next(_ news: JobNews) -> Set<JobUUID> {
        var waiting = pollfd(fd: news.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 10_000) == 1 ? news.take() : []
    }

    @Test func `output and records of a job are announced, and of no other`() throws {
        let storage = try TemporaryStorage()
        let (files, others) = (storage.files(JobUUID()), storage.files(JobUUID()))
        for files in [files, others] { try Self.append("", to: files.log) }
        let news = JobNews()
        news.add(files)
        try Self.append("one", to: others.log)
        #expect(news.take().isEmpty)
        try Self.append("one", to: files.log)
        #expect(Self.next(news) == [files.uuid])
        try Self.append("exit", to: others.exit)
        try Self.append("exit", to: files.exit)
        #expect(Self.next(news) == [files.uuid])
    }

    @Test func `a log that is made later is watched when its job starts`() throws {
        let storage = try TemporaryStorage()
        let files = storage.files(JobUUID())
        let news = JobNews()
        news.add(files)
        try Self.append("1", to: files.pid)
        #expect(Self.next(news) == [files.uuid])
        try Self.append("", to: files.log)
        news.watchLog(of: files)
        try Self.append("one", to: files.log)
        #expect(Self.next(news) == [files.uuid])
    }

    @Test func `nothing is announced when everyone has stopped waiting`() throws {
        let storage = try TemporaryStorage()
        let files = storage.files(JobUUID())
        try Self.append("", to: files.log)
        let news = JobNews()
        news.add(files)
        news.add(files)
        news.remove(files.uuid)
        try Self.append("one", to: files.log)
        #expect(Self.next(news) == [files.uuid])
        news.remove(files.uuid)
        _ = news.take()
        for path in [files.log, files.exit] { try Self.append("two", to: path) }
        var waiting = pollfd(fd: news.descriptor, events: Int16(POLLIN), revents: 0)
        let ready = poll(&waiting, 1, 0)
        #expect(ready == 0)
    }
}
