import Foundation
import TestSupport
import Testing

@testable import Core

/// `make demo`, as a newcomer tries it.
@Suite struct DemoTests {
    @Test func `the demo runs and kills commands, ends on Ctrl-C, and keeps its state`() async throws {
        try await Slots.shared.run(alone: false) {
            let directory = try TemporaryDirectory()
            do {
                try await show(in: directory.path)
            } catch {
                let words = ProcessFacts.read(directory.path + "/demo.log")
                print("--- demo/run, after \(error):\n\(String(decoding: words, as: UTF8.self))")
                await Leftovers(of: directory.path).end()
                throw error
            }
            await Leftovers(of: directory.path).end()
        }
    }

    private func show(in directory: String) async throws {
        let port = Ports.take()
        let first = try start(port, directory)
        try await untilServing(first, directory)
        let ann = try await Visitor(port: port, login: Visitor.basic("ann"))
        let quick = try await ann.start("demo:quick", "'dear world'")
        #expect(try await ann.follow(quick).text.contains("dear world"))
        #expect(try await ann.settled(quick).status == .completed)

        let login = try await HTTPRequest(
            method: "POST", target: "/remotisan/execute", headers: ann.headers + [("Content-Type", "application/json")],
            body: Array(
                #"{"command":"demo:login","arguments":{"user":"kim"},"options":{"password":"correct-horse"}}"#.utf8)
        ).sent(to: port)
        let uuid = try #require(JobUUID(try login.json([String: String].self)["id"] ?? ""), "\(login.text)")
        #expect(try await ann.follow(uuid).text.contains("Logging in as kim with ***\nAuthorization: Basic "))
        #expect(try await ann.follow(uuid).text.hasSuffix("***\n"))

        let bob = try await Visitor(port: port, login: Visitor.basic("bob"))
        let failing = try await bob.start("demo:fail", "5")
        #expect(try await bob.settled(failing).exit_code == 5)
        let flood = try await bob.start("demo:flood", "1")
        #expect(try await bob.follow(flood).last.size >= 1_000_000)
        let colours = try await bob.start("demo:colours")
        #expect(try await bob.follow(colours).text.contains("\u{1B}["))
        let stubborn = try await bob.start("demo:stubborn")
        #expect(try await bob.kill(stubborn).status == 200)
        let slow = try await ann.start("demo:slow", "1000")
        #expect(try await bob.settled(stubborn, limit: .seconds(60)).status == .killed)
        let storage = try Storage(at: directory + "/state/storage")
        let record = try #require(try JobFiles(slow, in: storage).pidRecord())

        first.signal(SIGINT)
        #expect(try await first.ended() == .code(0))
        await #expect(throws: SystemError.self) { try await ann.get("/") }
        #expect(ProcessTable.isAlive(record.command))
        // The machine reboots between two runs of the demo.
        for process in [record.supervisor, record.command] { kill(process.pid, SIGKILL) }

        let second = try start(port, directory)
        try await untilServing(second, directory)
        let row = try await ann.settled(slow)
        #expect(row.status == .failed)
        #expect(row.reason == "lost")
        second.signal(SIGINT)
        #expect(try await second.ended() == .code(0))
    }

    private func start(_ port: UInt16, _ directory: String) throws -> SpawnedProcess {
        unlink(directory + "/demo.log")
        return try SpawnedProcess(
            [Places.repository + "/demo/run"],
            environment: ["PORT": "\(port)", "STATE": directory + "/state", "BIN": Places.programs],
            output: directory + "/demo.log")
    }

    private func untilServing(_ demo: SpawnedProcess, _ directory: String) async throws {
        try await waitUntil("the demo says that it runs") {
            #expect(demo.ending == nil)
            let words = String(decoding: ProcessFacts.read(directory + "/demo.log"), as: UTF8.self)
            return words.contains("Ctrl-C ends the demo") || demo.ending != nil
        }
    }
}
