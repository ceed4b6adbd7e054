import CSystem
import Foundation
import Glibc
import TestSupport

@testable import Core

extension Installation {
    /// The output and exit status of a program.
    struct Output: Sendable {
        let status: Int32
        let out: String
        let errors: String
    }

    /// Runs the broker to its end, as the service account.
    func broker(_ arguments: String...) async throws -> Output {
        try await broker(arguments)
    }

    /// Runs the broker to its end. `--config` is added, unless it is given or help is requested.
    ///
    /// - Parameter prefix: The program and arguments that run it, such as those of ``FakeTime``.
    func broker(
        _ arguments: [String], environment: [String: String] = [:], by prefix: [String] = []
    ) async throws -> Output {
        let complete = arguments.contains { ["--config", "--help", "-h", "help"].contains($0) }
        let files = ["out", "err"].map { "broker-\(UInt32.random(in: 0 ... .max)).\($0)" }
        let process = try spawn(
            prefix + [programs + "/remotisan-broker"] + arguments
                + (complete ? [] : ["--config", configuration]),
            environment: environment, output: files[0], errors: files[1])
        let ending = try await process.ended(limit: .seconds(60))
        let texts = files.map { String(decoding: ProcessFacts.read("\(directory)/\($0)"), as: UTF8.self) }
        for file in files { unlink("\(directory)/\(file)") }
        guard case .code(let status) = ending else { throw ProcessEndedError(what: "The broker", ending: ending) }
        return Output(status: status, out: texts[0], errors: texts[1])
    }

    /// Starts a broker like cron, and returns when it watches.
    func startBroker(seconds: Int = 300) async throws -> SpawnedProcess {
        let process = try spawn(
            [programs + "/remotisan-broker", "watch", "--for", "\(seconds)", "--config", configuration],
            output: "broker.log")
        try await waitUntil("a broker on watch") { isBrokerWatching }
        return process
    }

    /// Whether a broker holds the run lock.
    var isBrokerWatching: Bool {
        guard let file = try? Descriptor(opening: storage + "/run.lock", O_RDONLY) else { return false }
        return system_is_ofd_locked(file.rawValue) == 1
    }

    /// Starts a program that writes to the database until it is ended.
    func lockDatabase() async throws -> SpawnedProcess {
        let name = "lock-\(UInt32.random(in: 0 ... .max)).out"
        let process = try spawn([Places.fixtures + "/database", "lock", storage + "/remotisan.sqlite"], output: name)
        let path = "\(directory)/\(name)"
        try await waitUntil("the lock of the database") { !ProcessFacts.read(path).isEmpty }
        return process
    }

    /// Stops a broker, and waits until it is stopped. It is not within a transaction then: the database would stay locked.
    func stopBetweenTransactions(_ broker: SpawnedProcess) async throws {
        let lock = try await lockDatabase()
        try await stop(broker.pid)
        lock.signal(SIGKILL)
        _ = try await lock.ended()
    }
}
