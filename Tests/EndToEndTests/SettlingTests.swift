import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// Jobs that end while no broker is on watch.
struct SettlingTests {
    @Test func `jobs that end together are settled by fewer brokers than jobs`() async throws {
        try await CountedBrokers().run { installation, brokers in
            let ann = try await installation.person("ann")
            var uuids: [JobUUID] = []
            for _ in 1...12 { uuids.append(try await ann.start("await", "go 3")) }
            for uuid in uuids { try await installation.untilLogged(uuid, "ready") }
            try installation.touch("go")
            for uuid in uuids { #expect(try await ann.settled(uuid).exit_code == 3) }
            let count = brokers.started("settle")
            #expect(1..<uuids.count ~= count, "\(count) brokers")
        }
    }

    @Test func `a job that ends while a broker is about to start is left to that broker`() async throws {
        try await CountedBrokers().run { installation, brokers in
            let ann = try await installation.person("ann")
            let uuid = try await ann.start("await", "go 3")
            let supervisor = try await installation.record(uuid).supervisor
            let lock = try holdSettleLock(of: installation, beatAge: 0)
            try installation.touch("go")
            try await installation.untilGone([supervisor.pid])
            #expect(try await ann.row(uuid).status == .running)
            #expect(brokers.started("settle") == 0)
            close(lock)
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            #expect(try await ann.row(uuid).exit_code == 3)
        }
    }

    @Test func `a job is settled although the broker that was about to start is stopped`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let lock = try holdSettleLock(of: installation, beatAge: Beat.limit + 1000)
            defer { close(lock) }
            #expect(try await ann.settled(ann.start("ends", "3")).exit_code == 3)
        }
    }

    /// Holds the lock of a broker that is about to start.
    ///
    /// - Parameter beatAge: Milliseconds since its beat.
    private func holdSettleLock(of installation: Installation, beatAge: Int64) throws -> Int32 {
        let path = installation.storage + "/settle.lock"
        let beat = "beat \(Clock.boottimeMilliseconds() - beatAge)\n"
        try beat.write(toFile: path, atomically: false, encoding: .utf8)
        if ServiceAccount.isSeparate { chown(path, ServiceAccount.user, ServiceAccount.group) }
        let file = try Descriptor(opening: path, O_RDWR)
        try #require(flock(file.number, LOCK_EX | LOCK_NB) == 0)
        return file.release()
    }
}

/// The programs with a broker that records its starts.
private struct CountedBrokers {
    private let temporary: TemporaryDirectory
    private var starts: String { temporary.path + "/work/starts" }

    init() throws {
        temporary = try TemporaryDirectory()
        for folder in ["real", "work"] {
            try FileManager.default.createDirectory(
                atPath: "\(temporary.path)/\(folder)", withIntermediateDirectories: false)
        }
        chmod(temporary.path, 0o755)
        chmod(temporary.path + "/work", 0o777)
        for program in ["fcgi", "job", "real/fcgi", "real/job", "real/broker"] {
            let name = program.replacing("real/", with: "")
            let target = temporary.path + "/" + program.replacing(name, with: "remotisan-\(name)")
            // A hard link, because the debug builds are large. Another file system needs a copy.
            if link("\(Places.programs)/remotisan-\(name)", target) != 0 {
                try FileManager.default.copyItem(atPath: "\(Places.programs)/remotisan-\(name)", toPath: target)
            }
        }
        let script = """
            #!/bin/sh
            echo "$1" >> '\(starts)'
            exec '\(temporary.path)/real/remotisan-broker' "$@"

            """
        try script.write(toFile: temporary.path + "/remotisan-broker", atomically: false, encoding: .utf8)
        chmod(temporary.path + "/remotisan-broker", 0o755)
    }

    func run(_ body: (Installation, CountedBrokers) async throws -> Void) async throws {
        try await Installation.run(programs: temporary.path) { try await body($0, self) }
    }

    /// How often the broker was started with a subcommand.
    func started(_ subcommand: String) -> Int {
        let text = String(decoding: ProcessFacts.read(starts), as: UTF8.self)
        return text.split(separator: "\n").count { $0 == subcommand }
    }
}
