import Assembly
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// The files that an administrator installs.
@Suite struct ShippedFilesTests {
    @Test func `the sample configuration is accepted`() async throws {
        try await Installation.run { installation in
            // A copy, because the service's account may not be able to enter the repository.
            let shipped = installation.directory + "/sample.yaml"
            try FileManager.default.copyItem(atPath: Places.repository + "/config/remotisan.yaml", toPath: shipped)
            chmod(shipped, 0o644)
            let output = try await installation.broker("check", "--config", shipped)
            #expect(output.status == 0, "\(output.out)\(output.errors)")
        }
    }

    @Test func `the sample configuration can be uncommented as a whole`() throws {
        let shipped = try String(contentsOfFile: Places.repository + "/config/remotisan.yaml", encoding: .utf8)
        // Text follows `# `. Settings follow `#` directly, and their parts follow more spaces.
        let shown = shipped.replacing(#/(?m)^( *)#(\S| {2,})/#) { "\($0.1)\($0.2)" }
        let configuration = try ConfigurationReader(environment: [:]).read(yaml: shown, path: "sample")
        let commands = configuration.commands
        #expect(Set(commands.allowed.keys) == ["disk-usage", "report", "rebuild"])
        #expect(Set(commands.ofConsoles.keys) == ["cache:clear"])
        #expect(configuration.jwt != nil)
        #expect(configuration.roles.count == 4)

        // Values that the sample calls defaults are the defaults.
        let plain = try ConfigurationReader(environment: [:]).read(yaml: shipped, path: "sample")
        #expect(configuration.url == plain.url)
        #expect(configuration.logger.maxBytes == plain.logger.maxBytes)
        #expect(configuration.database.files.map(\.file) == plain.database.files.map(\.file))
        #expect(configuration.killListName == plain.killListName)
        #expect(configuration.threads == plain.threads)
        #expect(configuration.allowProcessKill == plain.allowProcessKill)
        #expect(configuration.kill == plain.kill)
        #expect(configuration.history.maxRecords == plain.history.maxRecords)
        #expect(configuration.history.shouldScope == plain.history.shouldScope)
        #expect(configuration.identity.user == plain.identity.user)
        #expect(configuration.identity == plain.identity)
        #expect(configuration.jwt?.leeway == 60)
        #expect(commands.maxParamsCharsLength == plain.commands.maxParamsCharsLength)
    }

    @Test func `every configuration key is described in docs/configuration.md`() throws {
        // The functions of ConfigurationSection that take a key: string("url"), choice("kind", …) and the like.
        let readers = [
            "string", "strings", "bool", "integer", "decimal", "duration", "size", "choice", "section", "sections",
            "absolutePath", "required", "readEnvironment", "rename",
        ]
        let reading = try Regex("(?:\(readers.joined(separator: "|")))\\(\"([a-z_-]+)\"[,)]")
        var keys: Set<String> = []
        for folder in ["Configuration", "Commands", "Commands/ParameterTypes"] {
            let path = "\(Places.repository)/Sources/Core/\(folder)"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
            // The keywords of an address of PostgreSQL are libpq's.
            for name in names where name.hasSuffix(".swift") && !name.hasPrefix("PostgreSQL") {
                let source = try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
                keys.formUnion(source.matches(of: reading).compactMap { $0[1].substring.map { String($0) } })
            }
        }
        #expect(keys.count > 60)
        let described = try Self.keys(describedIn: "docs/configuration.md")
        for key in keys.subtracting(described).sorted() { Issue.record("docs/configuration.md lacks \(key).") }
    }

    /// The keys in the headings and table rows of a document: `roles.NAME.users` holds `roles` and `users`.
    private static func keys(describedIn document: String) throws -> Set<String> {
        let text = try String(contentsOfFile: "\(Places.repository)/\(document)", encoding: .utf8)
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("#") || $0.hasPrefix("|") }
        let words = lines.flatMap { $0.matches(of: #/`([^`]+)`/#).map { String($0.1) } }
        return Set(words.flatMap { $0.split { ".[]".contains($0) }.map { String($0) } })
    }

    @Test func `files installed below another prefix name its programs`() async throws {
        try await Installation.run { installation in
            let root = installation.directory + "/root"
            let make = try installation.spawn(
                [
                    "/usr/bin/make", "-C", Places.repository, "install", "-o", "release",
                    "RELEASE=\(Places.programs)", "DESTDIR=\(root)", "PREFIX=/opt/remotisan",
                ],
                environment: ["PATH": "/usr/bin:/bin"], output: "make.log", asService: false)
            #expect(try await make.ended() == .code(0))
            let prefix = root + "/opt/remotisan"
            for program in ["fcgi", "broker", "job", "as"] {
                #expect(access("\(prefix)/bin/remotisan-\(program)", X_OK) == 0, "\(program)")
            }
            if ServiceAccount.isSeparate {
                let modes = [prefix + "/bin/remotisan-as": 0o4750, root + "/etc/remotisan/remotisan.yaml": 0o640]
                for (path, mode) in modes {
                    var status = stat()
                    #expect(stat(path, &status) == 0 && status.st_mode & 0o7777 == mode, "\(path)")
                    #expect(status.st_uid == 0 && status.st_gid == ServiceAccount.group, "\(path)")
                }
                #expect(FileStatus(ofPath: root + "/etc/remotisan/run-as.conf")?.owner == 0)
            }
            var named = 0
            let paths = try #require(FileManager.default.enumerator(atPath: root)).compactMap { $0 as? String }
            for path in paths where [".conf", ".service", "cron/remotisan"].contains(where: path.hasSuffix) {
                let text = try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
                #expect(!text.contains("/usr/bin/remotisan-"), "\(path)")
                if text.contains("/opt/remotisan/bin/remotisan-") { named += 1 }
            }
            #expect(named == 5)
            let inodes = ["fcgi", "broker"].map { FileStatus(ofPath: "\(prefix)/bin/remotisan-\($0)")?.inode }
            #expect(inodes[0] != nil && inodes[0] == inodes[1])
        }
    }

    @Test func `uninstall removes all that install has installed, and keeps the configuration`() async throws {
        try await Installation.run { installation in
            let root = installation.directory + "/root"
            func make(_ target: String) async throws {
                let process = try installation.spawn(
                    [
                        "/usr/bin/make", "-C", Places.repository, target, "-o", "release",
                        "RELEASE=\(Places.programs)", "DESTDIR=\(root)", "ACCOUNT=ops", "GROUP=0",
                    ],
                    environment: ["PATH": "/usr/bin:/bin"], output: "make.log", asService: false)
                #expect(try await process.ended() == .code(0))
            }
            func files() throws -> [String] {
                let paths = try #require(FileManager.default.enumerator(atPath: root)).compactMap { $0 as? String }
                return paths.filter { path in
                    var isDirectory: ObjCBool = false
                    return FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isDirectory)
                        && !isDirectory.boolValue
                }.sorted()
            }
            try await make("install")
            let count = try files().count
            #expect(count > 30)

            // The files for another account are those that `export` writes for it.
            let exported = installation.work + "/exported"
            let output = try await installation.broker(
                "export", "systemd", exported, "--account", "ops")
            #expect(output.status == 0, "\(output.errors)")
            for (name, place) in [
                ("remotisan.socket", "usr/lib/systemd/system/remotisan.socket"),
                ("sysusers.conf", "usr/lib/sysusers.d/remotisan.conf"),
            ] {
                let installed = try String(contentsOfFile: "\(root)/\(place)", encoding: .utf8)
                let text = try String(contentsOfFile: "\(exported)/\(name)", encoding: .utf8)
                #expect(
                    installed == text.replacing(installation.storage, with: "/var/lib/remotisan"), "\(name)")
            }
            let unit = try String(contentsOfFile: root + "/usr/lib/systemd/system/remotisan.service", encoding: .utf8)
            #expect(unit.contains("\nUser=ops\nGroup=ops\n"))

            try await make("uninstall")
            let left = try files()
            #expect(left == ["etc/remotisan/remotisan.yaml", "etc/remotisan/run-as.conf"])
        }
    }

    @Test func `the man pages are those of the programs and the documents`() throws {
        let process = TestProcess()
        process.executableURL = URL(fileURLWithPath: Places.repository + "/scripts/man-pages")
        process.arguments = ["--check", Places.programs]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "Run scripts/man-pages .build/debug.")
    }

    @Test func `the line for cron watches, settles and kills`() async throws {
        try await Installation.run { installation in
            let table = try String(contentsOfFile: Places.repository + "/cron/remotisan", encoding: .utf8)
            let lines = table.split(separator: "\n").filter { !$0.hasPrefix("#") }
            try #require(lines.count == 2)
            #expect(lines[0].hasPrefix("PATH="))
            let entry = try #require(lines[1].wholeMatch(of: #/\* \* \* \* \* (\S+) (.+)/#))
            #expect(entry.1 == "www-data")
            let command = String(entry.2)
                .replacingOccurrences(of: "/usr/bin/remotisan-broker", with: Places.programs + "/remotisan-broker")
                .replacingOccurrences(of: "/etc/remotisan/remotisan.yaml", with: installation.configuration)
            #expect(command.contains(installation.configuration))
            // cron passes the line to a shell.
            let cron = try installation.spawn(
                ["/bin/sh", "-c", "exec " + command], environment: ["PATH": String(lines[0].dropFirst(5))],
                output: "cron.log")
            try await waitUntil("cron's broker on watch") { installation.isBrokerWatching }

            let ann = try await installation.person("ann")
            let ended = try await ann.start("greet")
            #expect(try await ann.settled(ended).status == .completed)
            let endless = try await ann.start("sleep", "600")
            #expect(try await ann.kill(endless).status == 200)
            #expect(try await ann.settled(endless).status == .killed)
            #expect(cron.ending == nil)
            #expect(ProcessFacts.read(installation.directory + "/cron.log").isEmpty)
        }
    }
}
