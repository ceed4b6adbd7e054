import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// A configuration that is edited while a program runs.
struct LiveConfigurationTests {
    /// A program that uses a configuration file, with a clock of its own.
    private final class Site {
        let temporary: TemporaryStorage
        let file: String
        let log = RecordedLog()
        let source: ConfigurationSource
        let live: LiveConfiguration
        /// The configurations that the program was told to use.
        var applied: [Configuration] = []
        /// Makes the program refuse a configuration.
        var isRefusing = false
        private var now = Clock.boottimeMilliseconds()

        var storage: String { temporary.storage.directory }

        init(_ more: String = "") throws {
            temporary = try TemporaryStorage()
            file = temporary.directory.path + "/remotisan.yaml"
            try temporary.write(Site.text(temporary.storage.directory, more), to: file)
            source = ConfigurationSource(ConfigurationReader(environment: [:]), named: file)
            let chosen = try source.choose(decides: true)
            try source.record(chosen, in: temporary.storage, decides: true)
            live = LiveConfiguration(source, chosen, storage: temporary.storage, log: log.logger)
            now = Clock.boottimeMilliseconds()
        }

        static func text(_ storage: String, _ more: String) -> String {
            "storage: \(storage)\nroles: { A: { groups: [a] } }\ncommands:\n  allowed:\n    one: { roles: [A], run: [a] }\n\(more)\n"
        }

        func text(_ more: String) -> String { Site.text(storage, more) }

        func write(_ text: String) throws { try temporary.write(text, to: file) }

        struct RefusalError: Error {}

        /// Looks at the file, a second after the last look.
        func check(isForced: Bool = false) {
            now += LiveConfiguration.interval
            live.check(isForced: isForced, decides: true, now: now) { configuration in
                if isRefusing { throw RefusalError() }
                applied.append(configuration)
            }
        }

        /// Looks until a change has been judged.
        func settle() {
            check()
            check()
        }

        var commands: Set<String> { Set(live.current.commands.allowed.keys) }
        var kept: AcceptedConfiguration? { AcceptedConfiguration.read(in: storage) }
    }

    @Test(.timeLimit(.minutes(1))) func `a FIFO in place of the file stops nothing`() async throws {
        try await onThread {
            let site = try Site()
            unlink(site.file)
            try #require(mkfifo(site.file, 0o644) == 0)
            site.settle()
            #expect(site.live.problem != nil)
            unlink(site.file)
            try site.write(site.text("url: ops"))
            site.settle()
            #expect(site.live.current.url == "ops")
        }
    }

    @Test func `a valid change is used as a whole at the second check`() throws {
        let site = try Site()
        try site.write(site.text("    two: { roles: [A], run: [b] }"))
        site.check()
        #expect(site.applied.isEmpty)
        site.check()
        #expect(site.applied.count == 1)
        #expect(site.commands == ["one", "two"])
        #expect(site.live.problem == nil)
        #expect(site.kept?.text == site.text("    two: { roles: [A], run: [b] }"))
        site.settle()
        #expect(site.applied.count == 1)
    }

    @Test func `a file that changes at every check is not used until it stops changing`() throws {
        let site = try Site()
        for number in 0..<5 {
            try site.write(site.text("    two\(number): { roles: [A], run: [b] }"))
            site.check()
        }
        #expect(site.applied.isEmpty)
        site.check()
        #expect(site.commands == ["one", "two4"])
    }

    @Test func `half of a file that is valid is not used as long as its writer has it open`() throws {
        let site = try Site()
        let half = site.text("    two: { roles: [A], run: [b] }")
        let rest = "    three: { roles: [A], run: [c] }\n"
        site.check()
        do {
            let writer = try Descriptor(opening: site.file, O_WRONLY | O_TRUNC)
            for _ in 0..<3 { site.check() }
            try writer.write(half.utf8, to: site.file)
            for _ in 0..<10 { site.check() }
            #expect(site.applied.isEmpty)
            #expect(site.live.problem == nil)
            try writer.write(rest.utf8, to: site.file)
        }
        site.settle()
        #expect(site.commands == ["one", "two", "three"])
        #expect(site.applied.count == 1)
    }

    @Test func `a second check within the interval does nothing`() throws {
        let site = try Site()
        try site.write(site.text("    two: { roles: [A], run: [b] }"))
        let now = Clock.boottimeMilliseconds() + LiveConfiguration.interval
        for _ in 0..<5 { site.live.check(decides: true, now: now) { _ in Issue.record("too early") } }
    }

    @Test(arguments: [
        "colour: green", "commands: { allowed: { one: { roles: [B], run: [a] } } }", "roles: [", "text", "\tx: 1",
        "storage: relative", "", "# only a comment\n", "---\n", "\n\n \n",
    ])
    func `an invalid or empty file changes nothing and is reported`(_ text: String) throws {
        let site = try Site()
        let before = try String(contentsOfFile: site.file, encoding: .utf8)
        try site.write(text)
        site.settle()
        #expect(site.applied.isEmpty)
        #expect(site.commands == ["one"])
        let problem = try #require(site.live.problem)
        #expect(problem.contains(site.file))
        #expect(site.kept?.text == before)
        #expect(site.kept?.problem(with: text) == problem)
        #expect(site.log.count("the changed configuration is not used, the earlier one is") == 1)
        // The same file is not reported again.
        site.settle()
        #expect(site.log.count("the changed configuration is not used, the earlier one is") == 1)

        try site.write(before)
        site.settle()
        #expect(site.live.problem == nil)
        #expect(site.kept?.refused == nil)
    }

    @Test func `a file that is gone or cannot be read changes nothing`() throws {
        let site = try Site()
        let before = try String(contentsOfFile: site.file, encoding: .utf8)
        unlink(site.file)
        site.settle()
        #expect(site.live.problem != nil)
        #expect(site.commands == ["one"])
        mkdir(site.file, 0o755)
        site.settle()
        #expect(site.live.problem != nil)
        rmdir(site.file)
        try site.write(before)
        site.settle()
        #expect(site.live.problem == nil)
    }

    @Test func `each way of writing is noticed: in place, by rename, through a link, with the old time`() throws {
        let site = try Site()
        let link = site.temporary.directory.path + "/other.yaml"
        let changes: [(String) throws -> Void] = [
            { try site.write($0) },
            { try $0.write(toFile: site.file, atomically: true, encoding: .utf8) },
            { text in
                try site.temporary.write(text, to: link)
                unlink(site.file)
                try FileManager.default.createSymbolicLink(atPath: site.file, withDestinationPath: link)
            },
            { try site.temporary.write($0, to: link) },
            { text in
                let times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
                try site.temporary.write(text, to: link)
                utimensat(AT_FDCWD, link, times, 0)
            },
        ]
        for (number, change) in changes.enumerated() {
            // Every text has the same length.
            try change(site.text("    two\(number): { roles: [A], run: [b] }"))
            site.settle()
            #expect(site.commands == ["one", "two\(number)"])
        }
    }

    @Test(arguments: [
        ("logger: { path: /elsewhere }", "logger.path"), ("database: postgresql://x/y", "database"),
        ("kill_list: redis://127.0.0.1", "kill_list"),
    ])
    func `a key that cannot change holds the whole file back and is named`(_ line: String, _ key: String) throws {
        let site = try Site()
        try site.write(site.text("    two: { roles: [A], run: [b] }\n\(line)"))
        site.settle()
        #expect(site.commands == ["one"])
        #expect(site.live.problem?.contains("\(key) cannot change while the programs run") == true)
        // A start accepts it.
        #expect(try site.source.choose(decides: true).problem == nil)
    }

    @Test func `another storage holds the file back`() throws {
        let site = try Site()
        try site.write(Site.text("/elsewhere", ""))
        site.settle()
        #expect(site.applied.isEmpty)
        #expect(site.live.problem?.contains("storage cannot change") == true)
    }

    @Test func `threads wait for the next start and are named, the rest is used`() throws {
        let site = try Site()
        try site.write(site.text("    two: { roles: [A], run: [b] }\nthreads: 3"))
        site.settle()
        #expect(site.commands == ["one", "two"])
        #expect(site.log.has("a changed setting takes effect at the next start of the responder"))
    }

    @Test func `a configuration that the program refuses changes nothing`() throws {
        let site = try Site()
        site.isRefusing = true
        try site.write(site.text("    two: { roles: [A], run: [b] }"))
        site.settle()
        #expect(site.commands == ["one"])
        #expect(site.live.problem != nil)
    }

    @Test func `files that the configuration names count, and those of a refused one, too`() throws {
        let site = try Site()
        let key = site.temporary.directory.path + "/key"
        let jwt = "jwt: { key_file: \(key), algorithms: [HS256], issuer: i, audience: a }"
        site.isRefusing = true
        try site.write(site.text("\(jwt)"))
        site.settle()
        #expect(site.live.problem != nil)
        // The key file is put there afterwards.
        site.isRefusing = false
        try site.temporary.write("secret", to: key)
        site.settle()
        #expect(site.applied.count == 1)
        try site.temporary.write("another secret", to: key)
        site.settle()
        #expect(site.applied.count == 2)
        try FileManager.default.removeItem(atPath: key)
        try site.temporary.write("another secret", to: key)
        site.settle()
        #expect(site.applied.count == 3)
    }

    @Test func `SIGHUP reads the file at once`() throws {
        let site = try Site()
        try site.write(site.text("    two: { roles: [A], run: [b] }"))
        site.check(isForced: true)
        #expect(site.commands == ["one", "two"])
    }

    @Test func `a broker follows the decision of the responder`() throws {
        let site = try Site()
        let broker = LiveConfiguration(
            site.source, try site.source.choose(decides: false), storage: site.temporary.storage, log: site.log.logger)
        var now = Clock.boottimeMilliseconds()
        var applied = 0
        func check() {
            now += LiveConfiguration.interval
            broker.check(decides: false, now: now) { _ in applied += 1 }
        }
        try site.write(site.text("    two: { roles: [A], run: [b] }"))
        check()
        check()
        #expect(applied == 0, "The responder has not decided yet.")
        site.settle()
        check()
        #expect(applied == 1)
        #expect(Set(broker.current.commands.allowed.keys) == ["one", "two"])
        try site.write("colour: green")
        site.settle()
        check()
        #expect(applied == 1)
    }
}
