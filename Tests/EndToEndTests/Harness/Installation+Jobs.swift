import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

extension Installation {
    /// The files of a job.
    func files(_ uuid: JobUUID) throws -> JobFiles {
        JobFiles(uuid, in: try Storage(at: storage))
    }

    /// Names of all records and locks.
    var jobFiles: Set<String> {
        Set((try? FileManager.default.contentsOfDirectory(atPath: storage + "/jobs")) ?? [])
    }

    /// The processes of a job.
    func record(_ uuid: JobUUID) async throws -> PidRecord {
        let files = try files(uuid)
        return try await waitFor("the pid record of \(uuid)") { try files.pidRecord() }
    }

    /// Sends a signal to this process only.
    func signal(_ process: ProcessIdentity, _ number: Int32) throws {
        try #require(ProcessTable.isAlive(process), "\(process.pid) lives no more")
        kill(process.pid, number)
    }

    /// Stops a process and waits until it is stopped.
    func stop(_ pid: pid_t) async throws {
        kill(pid, SIGSTOP)
        try await waitUntil("\(pid) stopped") { ProcessTable().entries[pid]?.state == "T" }
    }

    /// The log.
    func log(_ uuid: JobUUID) throws -> String {
        String(decoding: ProcessFacts.read(try files(uuid).log), as: UTF8.self)
    }

    /// Waits until the log contains a text.
    func untilLogged(_ uuid: JobUUID, _ text: String) async throws {
        let path = try files(uuid).log
        try await waitUntil("\"\(text)\" in the log of \(uuid)") {
            ProcessFacts.contains(ProcessFacts.read(path), Array(text.utf8))
        }
    }

    /// The collector of a job: a remotisan-job that names the job and is not its supervisor.
    func collector(_ uuid: JobUUID) async throws -> pid_t {
        let found = try collectors(uuid)
        try #require(found.count == 1, "\(found)")
        return try #require(found.first)
    }

    /// All collectors of a job. There is none for a moment after one was killed.
    func collectors(_ uuid: JobUUID) throws -> [pid_t] {
        let supervisor = try files(uuid).pidRecord()?.supervisor.pid
        let log = Array(try files(uuid).log.utf8)
        return ProcessTable().entries.keys.filter { pid in
            pid != supervisor && ProcessFacts(pid: pid).arguments.first == Array("remotisan-job".utf8)
                && ProcessFacts(pid: pid).arguments.contains(log)
        }
    }

    /// The brokers that the responder has started to refresh the catalogue.
    var refreshes: [pid_t] {
        ProcessTable().entries.keys.filter { pid in
            let arguments = ProcessFacts(pid: pid).arguments
            return arguments.contains(Array("refresh".utf8)) && arguments.contains(Array(configuration.utf8))
        }
    }

    /// Waits until processes have ended.
    func untilGone(_ pids: [pid_t], limit: Duration = .seconds(30)) async throws {
        try await waitUntil("the end of \(pids)", limit: limit) { !pids.contains { ProcessFacts(pid: $0).isAlive } }
    }

    /// Creates a file in the working directory of the jobs, which lets them continue.
    func touch(_ name: String) throws {
        try Data().write(to: URL(fileURLWithPath: "\(work)/\(name)"))
        chmod("\(work)/\(name)", 0o644)
    }

    /// Pids, one per line, that a program has written into the working directory.
    func pids(in name: String) async throws -> [pid_t] {
        try await waitFor("\(name) written") {
            guard access("\(work)/\(name)", F_OK) == 0 else { return nil }
            return String(decoding: ProcessFacts.read("\(work)/\(name)"), as: UTF8.self).split(separator: "\n")
                .compactMap { pid_t($0) }
        }
    }
}
