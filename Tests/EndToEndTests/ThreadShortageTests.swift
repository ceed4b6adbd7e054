import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// The system has no room for another thread. Limits for processes do not hold for root.
@Suite(.enabled(if: ServiceAccount.isSeparate, "the tests' own account may have no limit"))
struct ThreadShortageTests {
    /// Words before a program that may start no thread and no process; RLIMIT_NPROC of setrlimit(2).
    private static let limit = ["/usr/bin/prlimit", "--nproc=0:", "--"]

    @Test func `a responder that could start no thread says so, ends on SIGTERM, and answers when there is room`()
        async throws
    {
        try await Installation.run { installation in
            await installation.responder?.stop()
            let words =
                Self.limit + [
                    Places.programs + "/remotisan-fcgi", "--config", installation.configuration, "--listen",
                    "unix:" + installation.socket,
                ]
            let first = try installation.spawn(words, output: "first.log")
            try await installation.untilSaid("threads could not be started", in: "first.log")
            first.signal(SIGTERM)
            #expect(try await first.ended() == .code(0))

            let second = try installation.spawn(words, output: "second.log")
            try await installation.untilSaid("threads could not be started", in: "second.log")
            try await lift(second, installation)
            try await installation.untilSaid("all threads are running", in: "second.log")
            let ann = try await installation.person("ann")
            #expect(try await ann.get("/commands").status == 200)
            second.signal(SIGTERM)
            #expect(try await second.ended() == .code(0))
        }
    }

    @Test func `a broker without a thread for starts does not wait for one, and starts when there is room`()
        async throws
    {
        let sample = SampleConfiguration(commands: [
            "queued": "roles: [\"*\"], run: [\(Places.fixtures)/await], max_running: 1, when_full: queue"
        ])
        try await Installation.run(.nginx, sample) { installation in
            let ann = try await installation.person("ann")
            _ = try await ann.start("queued", "first")
            let queued = try await ann.start("queued", "go")
            // The responder has started a broker, too. While that one is on watch, this pass does nothing.
            let errors = try await waitFor("a pass") {
                let pass = try await installation.broker(["watch", "--for", "0"], by: Self.limit)
                return pass.errors.isEmpty ? nil : pass.errors
            }
            #expect(errors.contains("queued executions cannot be started"), "\(errors)")
            #expect(!errors.contains("could not all be started"), "\(errors)")

            // It ends at once while the responder's broker is on watch.
            let broker = try await waitFor("a broker on watch") {
                let broker = try installation.spawn(
                    Self.limit + [
                        Places.programs + "/remotisan-broker", "watch", "--for", "300", "--config",
                        installation.configuration,
                    ], output: "broker.log")
                let words = Array("queued executions cannot be started".utf8)
                var hasSaid = false
                try await waitUntil("words or the end of a broker") {
                    let isAlive = ProcessFacts(pid: broker.pid).isAlive
                    hasSaid = ProcessFacts.contains(ProcessFacts.read("\(installation.directory)/broker.log"), words)
                    return hasSaid || !isAlive
                }
                return hasSaid ? broker : nil
            }
            try installation.touch("first")
            try await lift(broker, installation)
            try installation.touch("go")
            #expect(try await ann.settled(queued).status == .completed)
        }
    }

    @Test func `a broker pass that can start no thread writes the records of several kills itself`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            var jobs: [JobUUID] = []
            for _ in 1...3 { jobs.append(try await ann.start("sleep", "600")) }
            // On watch while the requests are stored, so that the responder starts no broker. It is ended at once.
            let other = try await installation.startBroker()
            // If it is stopped while it writes, nobody else can write.
            try await waitUntil("the broker is stopped outside of a write") {
                try await installation.stop(other.pid)
                let isFree = try await ann.post("/execute", ["command": "ends", "params": "0"]).status == 200
                if !isFree { other.signal(SIGCONT) }
                return isFree
            }
            for uuid in jobs { #expect(try await ann.kill(uuid).status == 200) }
            other.signal(SIGKILL)
            _ = try await other.ended()
            #expect(try await installation.broker(["watch", "--for", "0"], by: Self.limit).status == 0)
            for uuid in jobs { #expect(try await ann.row(uuid).status == .killed) }
        }
    }

    /// Lifts the limit of a running program.
    private func lift(_ program: SpawnedProcess, _ installation: Installation) async throws {
        let lifting = try installation.spawn(
            ["/usr/bin/prlimit", "--pid", "\(program.pid)", "--nproc=10000:"], output: "prlimit.log")
        #expect(try await lifting.ended() == .code(0))
    }
}

extension Installation {
    /// Waits until an output file of a program has some words.
    fileprivate func untilSaid(_ words: String, in file: String) async throws {
        try await waitUntil("\(words) in \(file)") {
            ProcessFacts.contains(ProcessFacts.read("\(directory)/\(file)"), Array(words.utf8))
        }
    }
}
