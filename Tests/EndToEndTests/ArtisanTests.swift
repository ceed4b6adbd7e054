import Foundation
import TestSupport
import Testing

@testable import Core

/// Artisan commands of Debian's Laravel, declared as programs.
@Suite struct ArtisanTests {
    private func run(_ body: (Installation, Visitor) async throws -> Void) async throws {
        let artisan = "roles: [\"*\"], run: [php, artisan], directory: \(Places.laravel)"
        try await Installation.run(.nginx, SampleConfiguration(commands: ["artisan": artisan])) { installation in
            try await body(installation, try await installation.person("ann"))
        }
    }

    @Test func `an artisan command runs with its arguments`() async throws {
        try await run { installation, ann in
            let environment = try await ann.start("artisan", "env")
            #expect(try await ann.follow(environment).text.contains("production"))
            #expect(try await ann.settled(environment).status == .completed)

            let echo = try await ann.start("artisan", "demo:echo --upper --times=2 'žluťoučký kůň' '$(id)'")
            #expect(try await ann.follow(echo).text == "ŽLUŤOUČKÝ KŮŇ $(ID)\nŽLUŤOUČKÝ KŮŇ $(ID)\n")
            let arguments = try await ann.start("artisan", "demo:args -- 'a b' '*' '😀' '--x'")
            let printed = try await ann.follow(arguments).text
            #expect(
                try JSONDecoder().decode([String].self, from: Data(printed.utf8))
                    == ["artisan", "demo:args", "--", "a b", "*", "😀", "--x"])
        }
    }

    @Test func `a failed artisan command keeps its exit code`() async throws {
        try await run { installation, ann in
            let uuid = try await ann.start("artisan", "demo:fail 42")
            let row = try await ann.settled(uuid)
            #expect(row.status == .failed)
            #expect(row.exit_code == 42)
            #expect(try installation.log(uuid).contains("It did not work out."))
            let unknown = try await ann.start("artisan", "no:such")
            #expect(try await ann.settled(unknown).status == .failed)
        }
    }

    @Test func `a PHP warning is in the log and does not fail the command`() async throws {
        try await run { installation, ann in
            let uuid = try await ann.start("artisan", "demo:warn")
            let row = try await ann.settled(uuid)
            #expect(row.status == .completed)
            #expect(row.exit_code == 0)
            let log = try installation.log(uuid)
            #expect(log.contains("file_get_contents(/no/such/file)"))
            #expect(log.hasSuffix("Done all the same.\n"))
        }
    }

    @Test func `a kill ends the children of an artisan command`() async throws {
        try await run { installation, ann in
            let uuid = try await ann.start("artisan", "demo:fork 3")
            let children = try await waitFor("three children") { () -> [pid_t]? in
                let lines = try installation.log(uuid).split(separator: "\n")
                let pids = lines.compactMap { $0.hasPrefix("child ") ? pid_t($0.dropFirst(6)) : nil }
                return pids.count == 3 ? pids : nil
            }
            #expect(children.allSatisfy { ProcessFacts(pid: $0).isAlive })
            #expect(try await ann.kill(uuid).status == 200)
            let row = try await ann.settled(uuid)
            #expect(row.status == .killed)
            #expect(row.killed_by == "ann")
            #expect(children.allSatisfy { !ProcessFacts(pid: $0).isAlive })
        }
    }
}
