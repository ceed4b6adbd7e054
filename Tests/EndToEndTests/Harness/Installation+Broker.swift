import CSystem
import Foundation
import Glibc
import TestSupport

@testable import Core

extension Installation {
    /// What a program printed and how it ended.
    struct Output: Sendable {
        let status: Int32
        let out: String
        let errors: String
    }

    /// Runs the broker to its end, as its account would from a shell.
    func broker(_ arguments: String...) async throws -> Output {
        try await broker(arguments)
    }

    /// As above; `--config` is added unless it is given, or help is asked for.
    func broker(_ arguments: [String], environment: [String: String] = [:]) async throws -> Output {
        let complete = arguments.contains { ["--config", "--help", "-h", "help"].contains($0) }
        let files = ["out", "err"].map { "broker-\(UInt32.random(in: 0 ... .max)).\($0)" }
        let process = try spawn(
            [Places.programs + "/remotisan-broker"] + arguments + (complete ? [] : ["--config", configuration]),
            environment: environment, output: files[0], errors: files[1])
        let ending = try await process.ended(limit: .seconds(60))
        let texts = files.map { String(decoding: ProcessFacts.read("\(directory)/\($0)"), as: UTF8.self) }
        for file in files { unlink("\(directory)/\(file)") }
        guard case .code(let status) = ending else { throw ProcessEndedError(what: "The broker", ending: ending) }
        return Output(status: status, out: texts[0], errors: texts[1])
    }

    /// Starts a broker as cron does, and returns when it is on watch.
    func startBroker(seconds: Int = 300) async throws -> SpawnedProcess {
        let process = try spawn(
            [Places.programs + "/remotisan-broker", "watch", "--for", "\(seconds)", "--config", configuration],
            output: "broker.log")
        try await waitUntil("a broker on watch") { isBrokerWatching }
        return process
    }

    /// Whether a broker holds the run lock.
    var isBrokerWatching: Bool {
        guard let file = try? Descriptor(opening: storage + "/run.lock", O_RDONLY) else { return false }
        return system_is_ofd_locked(file.rawValue) == 1
    }
}
