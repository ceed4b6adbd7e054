import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// Polls with `wait_ms` are answered when their job has news, and occupy no thread until then.
@Suite struct WaitingPollTests {
    private static let sample = SampleConfiguration(
        top: "threads: 2\nkill: { grace: 300ms }",
        commands: [
            "steps": """
            roles: ["*"], run: [sh, -c, 'echo ready; for step in one two; do \
            until [ -e $step ]; do sleep 0.05; done; echo $step; done']
            """,
            "alone": """
            roles: ["*"], max_running: 1, when_full: queue, \
            run: [sh, -c, 'until [ -e end ]; do sleep 0.05; done']
            """,
        ])

    /// A poll that waits. Its answer is read later.
    private static func waiting(
        _ visitor: Visitor, _ uuid: JobUUID, from offset: Int64, state: String? = nil
    ) throws -> Connection {
        let connection = try Connection(port: visitor.port)
        let query = "offset=\(offset)&wait_ms=20000" + (state.map { "&state=\($0)" } ?? "")
        let target = "\(visitor.base)/execute/\(uuid)?\(query)"
        connection.send(HTTPRequest(target: target, headers: visitor.headers).bytes)
        return connection
    }

    private static func answer(_ connection: Connection) async throws -> Poll {
        let bytes = try await inThread { try connection.receiveToEnd() }
        return try #require(HTTPReply(bytes)).json(Poll.self)
    }

    /// The state that a waiting poll of this person would pass on.
    private static func state(_ visitor: Visitor, _ uuid: JobUUID) async throws -> Poll {
        try await visitor.get("/execute/\(uuid)?offset=0&wait_ms=0").json(Poll.self)
    }

    @Test(arguments: [WebServer.nginx, .apacheProxy])
    func `a poll is answered when the job prints, and when it ends`(_ web: WebServer) async throws {
        try await Installation.run(web, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("steps")
            try await installation.untilLogged(uuid, "ready")
            let first = try Self.waiting(ann, uuid, from: 6)
            for _ in 1...5 { _ = try await ann.poll(uuid) }
            #expect(!first.hasInput, "the poll did not wait")
            try installation.touch("one")
            let news = try await Self.answer(first)
            #expect(news.text == "one\n")
            let last = try Self.waiting(ann, uuid, from: news.next_offset, state: news.state)
            try installation.touch("two")
            let rest = try await Self.answer(last)
            #expect(rest.text == "two\n")
            let end = try await Self.answer(Self.waiting(ann, uuid, from: rest.next_offset, state: rest.state))
            #expect(end.isEnded)
        }
    }

    @Test func `many polls wait with two threads, and others are answered meanwhile`() async throws {
        try await Installation.run(.nginx, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("steps")
            try await installation.untilLogged(uuid, "ready")
            let polls = try (1...100).map { _ in try Self.waiting(ann, uuid, from: 6) }
            for _ in 1...20 {
                #expect(try await ann.get("/health").status == 200)
                #expect(try await ann.get("/history").status == 200)
            }
            #expect(polls.allSatisfy { !$0.hasInput })
            try installation.touch("one")
            let texts = try await inThread { try polls.map { HTTPReply(try $0.receiveToEnd())?.text ?? "" } }
            #expect(texts.allSatisfy { $0.contains(#""text":"one\u000a""#) || $0.contains(#""text":"one\n""#) })
            try installation.touch("two")
            _ = try await ann.settled(uuid)
        }
    }

    @Test func `a kill is news, and so is its end`() async throws {
        try await Installation.run(.nginx, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("stubborn", "pids")
            _ = try await installation.pids(in: "pids")
            var poll = try await Self.state(ann, uuid)
            let waiting = try Self.waiting(ann, uuid, from: poll.next_offset, state: poll.state)
            #expect(try await ann.kill(uuid).status == 200)
            var states: Set = [poll.state]
            poll = try await Self.answer(waiting)
            while !poll.isEnded {
                states.insert(poll.state)
                let next = try await Self.answer(Self.waiting(ann, uuid, from: poll.next_offset, state: poll.state))
                #expect(next.state != poll.state || !next.text.isEmpty, "a poll was answered without news")
                poll = next
            }
            #expect(poll.status == Status.killed.rawValue)
            #expect(states.count >= 2)
        }
    }

    @Test func `that a queued execution starts is news`() async throws {
        try await Installation.run(.nginx, Self.sample) { installation in
            let broker = try await installation.startBroker()
            let ann = try await installation.person("ann")
            let running = try await ann.start("alone")
            let queued = try await ann.start("alone")
            let before = try await Self.state(ann, queued)
            #expect(before.ahead == 0)
            let waiting = try Self.waiting(ann, queued, from: 0, state: before.state)
            #expect(try await ann.kill(running).status == 200)
            #expect(try await Self.answer(waiting).ahead == nil)
            try installation.touch("end")
            _ = try await ann.settled(queued)
            #expect(broker.ending == nil)
        }
    }

    @Test func `a responder that stops answers the polls that wait`() async throws {
        try await Installation.run(.nginx, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("steps")
            try await installation.untilLogged(uuid, "ready")
            let poll = try Self.waiting(ann, uuid, from: 6)
            for _ in 1...5 { _ = try await ann.poll(uuid) }
            let responder = try #require(installation.responder)
            responder.signal(SIGTERM)
            let answer = try await Self.answer(poll)
            #expect(answer.text.isEmpty && !answer.isEnded)
            #expect(try await responder.ended() == .code(0))
            for step in ["one", "two"] { try installation.touch(step) }
        }
    }

    @Test(arguments: [WebServer.apacheFastCGI, .apacheCGI])
    func `polls do not wait where each takes a process`(_ web: WebServer) async throws {
        try await Installation.run(web, Self.sample) { installation in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("steps")
            try await installation.untilLogged(uuid, "ready")
            let polls = try (1...20).map { _ in try Self.waiting(ann, uuid, from: 6) }
            let answers = try await inThread { try polls.map { HTTPReply(try $0.receiveToEnd())?.status } }
            #expect(answers.allSatisfy { $0 == 200 })
            #expect(try await ann.poll(uuid).isEnded == false)
            for step in ["one", "two"] { try installation.touch(step) }
        }
    }
}
