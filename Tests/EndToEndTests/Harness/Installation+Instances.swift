import Foundation
import Glibc
import Shipped
import Testing

extension Installation {
    /// Two installations "one" and "two" that share a store, each behind an nginx that knows the other.
    ///
    /// Both are on this machine, so the database of the second may be a link to that of the first. SQLite follows the
    /// link and locks the one file.
    static func runTwo(
        commands: [String: String] = [:], url: String = "remotisan",
        _ body: (_ one: Installation, _ two: Installation) async throws -> Void
    ) async throws {
        let share = { (all: [Installation]) in
            let file = "/remotisan.sqlite"
            try FileManager.default.createSymbolicLink(
                atPath: all[1].storage + file, withDestinationPath: all[0].storage + file)
        }
        try await run(["one", "two"], share, commands: commands, url: url) { try await body($0[0], $0[1]) }
    }

    /// Installations that share a store, each with its storage, responder and an nginx that knows the others.
    ///
    /// - Parameters:
    ///   - names: Their names.
    ///   - prepare: Runs before they start.
    ///   - top: Additional lines of each configuration, by name.
    ///   - goneAfter: Silence after which they count as gone.
    ///   - commands: Additional commands.
    ///   - url: `url:` of every configuration.
    ///   - body: The test.
    static func run(
        _ names: [String], _ prepare: ([Installation]) throws -> Void = { _ in },
        top: (String) -> String = { _ in "" }, goneAfter: String = "150s", commands: [String: String] = [:],
        url: String = "remotisan",
        _ body: ([Installation]) async throws -> Void
    ) async throws {
        try await Slots.shared.run(alone: true) {
            let all = try names.map { name in
                try Installation(
                    .nginx,
                    SampleConfiguration(
                        top: """
                            kill: { grace: 300ms }
                            instance: { name: \(name), address: "127.0.0.1:@PORT@", gone_after: \(goneAfter) }
                            \(top(name))
                            """, commands: commands),
                    "nginx/example-auth-basic.conf", nil, url: url)
            }
            do {
                try prepare(all)
                for installation in all {
                    try installation.knowInstances(at: all.map(\.port))
                    try await installation.start()
                }
                try await body(all)
            } catch {
                for installation in all {
                    await installation.end()
                    installation.explain(error)
                }
                throw error
            }
            for installation in all { await installation.end() }
        }
    }

    /// Edits nginx's files as the comments of `nginx/instances.conf` instruct an administrator.
    private func knowInstances(at ports: [UInt16]) throws {
        let server = directory + "/server"
        let files = ShippedFiles.filled("nginx", ShippedFiles.Places(url: url))
        let shipped = String(decoding: try #require(files["instances.conf"]), as: UTF8.self)
        try shipped.write(toFile: server + "/instances.conf", atomically: false, encoding: .utf8)
        let location = server + "/remotisan.location.conf"
        try Self.edit(location, "#fastcgi_param REMOTISAN_INSTANCE", "fastcgi_param REMOTISAN_INSTANCE")
        let addresses = ports.map { "127.0.0.1:\($0) 127.0.0.1:\($0);" }.joined(separator: " ")
        try Self.edit(
            server + "/site.conf", "\nserver {",
            """

            map $remotisan_owner $remotisan_instance { default ""; \(addresses) }
            server {
                include \(server)/instances.conf;
            """)
    }

    private static func edit(_ path: String, _ old: String, _ new: String) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try #require(text.components(separatedBy: old).count == 2, "\(old) in \(path)")
        try text.replacingOccurrences(of: old, with: new).write(toFile: path, atomically: false, encoding: .utf8)
        chmod(path, 0o644)
    }
}
