import Glibc
import Testing

@testable import Core
@testable import FastCGI

struct TurnsTests {
    private let polls: WaitingPolls

    init() throws {
        polls = try WaitingPolls(limit: 1)
    }

    private func connection(of user: String) -> Connection {
        let connection = Connection(
            Descriptor(owning: open("/dev/null", O_RDWR | O_CLOEXEC)), bodies: BodyReserve(), polls: polls)
        connection.user = user
        return connection
    }

    @Test(arguments: [(1, 1), (4, 1), (8, 2), (9, 2), (16, 4)])
    func `a quarter of the threads takes turns`(_ threads: Int, _ expected: Int) {
        let turns = Turns(threads: threads, queueLimit: 100)
        let begun = (0..<threads).map { _ in turns.begin(connection(of: "ann")) }
        #expect(begun == Array(repeating: .now, count: expected) + Array(repeating: .later, count: threads - expected))
    }

    @Test func `the connection that has waited longest gets the next turn`() {
        let turns = Turns(threads: 4, queueLimit: 100)
        let (first, second, third) = (connection(of: "ann"), connection(of: "ann"), connection(of: "ann"))
        #expect(turns.begin(first) == .now)
        #expect(turns.begin(second) == .later)
        #expect(turns.begin(third) == .later)
        #expect(turns.end(of: "ann") === second)
        #expect(turns.end(of: "ann") === third)
        #expect(turns.end(of: "ann") == nil)
        #expect(turns.begin(second) == .now)
    }

    @Test func `people who have no turn are first`() {
        let turns = Turns(threads: 8, queueLimit: 100)
        let (first, second) = (connection(of: "ann"), connection(of: "ann"))
        let bob = connection(of: "bob")
        #expect(turns.begin(first) == .now)
        #expect(turns.begin(second) == .now)
        let third = connection(of: "ann")
        #expect(turns.begin(third) == .later)
        #expect(turns.begin(bob) == .later)
        #expect(turns.end(of: "ann") === bob)
        #expect(turns.end(of: "ann") === third)
    }

    @Test func `too many requests are refused, and those of one user earlier`() {
        let turns = Turns(threads: 4, queueLimit: 40)
        #expect(turns.begin(connection(of: "ann")) == .now)
        for _ in 1...32 { #expect(turns.begin(connection(of: "ann")) == .later) }
        #expect(turns.begin(connection(of: "ann")) == .userHasTooMany)
        for number in 1...8 { #expect(turns.begin(connection(of: "user \(number)")) == .later) }
        #expect(turns.begin(connection(of: "bob")) == .tooManyWait)
    }

    @Test func `the rest of an answer is not refused`() {
        let turns = Turns(threads: 4, queueLimit: 0)
        #expect(turns.begin(connection(of: "ann")) == .now)
        let answering = connection(of: "ann")
        answering.begin(.tooManyBodies)
        #expect(turns.begin(answering) == .later)
    }
}
