import Foundation
import Glibc

/// Checks the processes of the responder and the broker: their user, and the program that they run.
package struct ServiceProcessCheck: Sendable {
    /// One process.
    package struct Service: Sendable, Equatable {
        package var pid: pid_t
        /// `responder` or `broker`.
        package var role: String
        package var user: uid_t
        /// Whether its program was replaced or removed since it started.
        package var isReplaced: Bool

        package init(pid: pid_t, role: String, user: uid_t, isReplaced: Bool) {
            self.pid = pid
            self.role = role
            self.user = user
            self.isReplaced = isReplaced
        }
    }

    package var services: [Service]
    /// The owner of the storage; nil if it is unknown.
    package var owner: uid_t?

    package init(services: [Service], owner: uid_t?) {
        self.services = services
        self.owner = owner
    }

    /// Finds the processes that use a configuration. Only root sees those of other users.
    package init(configuration: String, owner: uid_t?) {
        let pids = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { pid_t($0) }
        self.init(services: pids.sorted().compactMap { Self.service($0, configuration) }, owner: owner)
    }

    /// Whether a responder runs.
    package var hasResponder: Bool { services.contains { $0.role == "responder" } }

    package var findings: [Finding] {
        var findings: [Finding] = []
        for service in services {
            let name = "process \(service.pid)"
            if service.user == 0, owner != 0 {
                findings.append(
                    .problem(
                        service.role,
                        "\(name) runs as root, so every command does, too. Run it as the owner of the storage: "
                            + "systemd/ and cron/ have the files."))
            } else if let owner, service.user != owner {
                findings.append(
                    .problem(
                        service.role,
                        "\(name) runs as \(Self.name(service.user)), but \(Self.name(owner)) owns the storage. Let the "
                            + "responder and the broker run as \(Self.name(owner))."))
            }
            if service.isReplaced {
                findings.append(
                    .warning(
                        service.role,
                        "\(name) runs a program that was replaced since it started. Run systemctl restart "
                            + "remotisan.service remotisan-broker.service. Running jobs go on."))
            }
        }
        return findings
    }

    private static func name(_ user: uid_t) -> String { Account(uid: user)?.name ?? "user \(user)" }

    private static func service(_ pid: pid_t, _ configuration: String) -> Service? {
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe") else {
            return nil
        }
        let deleted = " (deleted)"
        let path = program.hasSuffix(deleted) ? String(program.dropLast(deleted.count)) : program
        let words = contents("/proc/\(pid)/cmdline").split(separator: "\0").map(String.init)
        let role: String
        switch path.split(separator: "/").last {
        case "remotisan-fcgi": role = "responder"
        case "remotisan-broker" where words.dropFirst().contains { ["watch", "run"].contains($0) }: role = "broker"
        default: return nil
        }
        let option = words.firstIndex(of: "--config").flatMap { words.indices.contains($0 + 1) ? words[$0 + 1] : nil }
        let named = option ?? words.first { $0.hasPrefix("--config=") }.map { String($0.dropFirst("--config=".count)) }
        // Without the option, the environment of the process decides, which only itself can read.
        guard (named ?? ConfigurationReader.defaultPath) == configuration else { return nil }
        let line = contents("/proc/\(pid)/status").split(separator: "\n").first { $0.hasPrefix("Uid:") }
        // Real, effective, saved and file system user, proc(5).
        let users = line?.split(separator: "\t").dropFirst().compactMap { uid_t($0) } ?? []
        guard users.count > 1 else { return nil }
        let isReplaced = program.hasSuffix(deleted) && !FileManager.default.fileExists(atPath: program)
        return Service(pid: pid, role: role, user: users[1], isReplaced: isReplaced)
    }

    private static func contents(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
