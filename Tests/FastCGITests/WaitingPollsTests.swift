import Glibc
import TestSupport
import Testing
import Web

@testable import Core
@testable import FastCGI

struct WaitingPollsTests {
    private static func connection(_ polls: WaitingPolls) -> Connection {
        Connection(Descriptor(owning: open("/dev/null", O_RDWR | O_CLOEXEC)), bodies: BodyReserve(), polls: polls)
    }

    private static func nothing(_ storage: TemporaryStorage, pause: Int64 = 60_000) -> NothingNew {
        NothingNew(files: storage.files(JobUUID()), wait: 60_000, pause: pause)
    }

    @Test func `no more polls wait than the limit, and each leaves its place`() throws {
        let storage = try TemporaryStorage()
        let polls = try WaitingPolls(limit: 1)
        let connection = Self.connection(polls)
        #expect(polls.hasRoom(behind: nil))
        do {
            let wait = polls.begin(Self.nothing(storage), connection)
            #expect(!polls.hasRoom(behind: nil))
            #expect(!wait.isOver)
        }
        #expect(polls.hasRoom(behind: nil))
    }

    @Test func `fewer polls wait behind Apache`() throws {
        let storage = try TemporaryStorage()
        let polls = try WaitingPolls(limit: 1000)
        let connection = Self.connection(polls)
        let waits = (1...50).map { _ in polls.begin(Self.nothing(storage), connection) }
        #expect(!polls.hasRoom(behind: "Apache/2.4.57 (Debian)"))
        #expect(polls.hasRoom(behind: "nginx/1.22.1"))
        #expect(waits.count == 50)
    }

    @Test func `news counts until the next look`() throws {
        let storage = try TemporaryStorage()
        let polls = try WaitingPolls(limit: 1)
        let connection = Self.connection(polls)
        let nothing = Self.nothing(storage)
        let wait = polls.begin(nothing, connection)
        #expect(!wait.hasNews && polls.takeChanged().isEmpty)
        let file = try #require(fopen(nothing.files.exit, "w"))
        fclose(file)
        #expect(polls.takeChanged().map { $0 === connection } == [true])
        #expect(wait.hasNews)
        wait.look()
        #expect(!wait.hasNews)
    }

    @Test func `without news a poll is looked at again after its pause`() throws {
        let storage = try TemporaryStorage()
        let polls = try WaitingPolls(limit: 2)
        let connection = Self.connection(polls)
        let (late, early) = (
            polls.begin(Self.nothing(storage), connection), polls.begin(Self.nothing(storage), connection)
        )
        late.rest(60_000)
        early.rest(1)
        var waiting = pollfd(fd: polls.alarm, events: Int16(POLLIN), revents: 0)
        let ready = poll(&waiting, 1, 10_000)
        #expect(ready == 1)
        #expect(polls.takeDue().count == 1)
        #expect(early.hasNews && !late.hasNews)
    }
}
