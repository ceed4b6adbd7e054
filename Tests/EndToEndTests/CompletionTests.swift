import Foundation
import TestSupport
import Testing

@testable import Core

/// What the shell offers, with the script that `make install` installs.
@Suite struct CompletionTests {
    /// What bash offers for the last of the words.
    private func offered(_ words: [String], _ installation: Installation) async throws -> [String] {
        let script = """
            shopt -s extglob
            source <("$1/remotisan-broker" --generate-completion-script bash)
            PATH=$1:$PATH
            shift
            COMP_WORDS=(remotisan-broker "$@") COMP_CWORD=$#
            COMP_LINE="${COMP_WORDS[*]}" COMP_POINT=${#COMP_LINE}
            _remotisan-broker remotisan-broker "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let name = "completion-\(UInt32.random(in: 0 ... .max)).out"
        let process = try installation.spawn(
            ["/bin/bash", "-c", script, "bash", installation.programs] + words,
            environment: ["REMOTISAN_CONFIG": installation.configuration, "PATH": "/usr/bin:/bin"], output: name)
        _ = try await process.ended()
        let text = String(decoding: ProcessFacts.read("\(installation.directory)/\(name)"), as: UTF8.self)
        return text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    @Test func `bash offers subcommands, statuses, commands, roles and executions`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            let ended = try await ann.start("greet")
            #expect(try await installation.broker("watch", "--for", "0").status == 0)
            let running = try await ann.start("sleep", "600")

            #expect(try await offered(["his"], installation) == ["history"])
            let statuses = try await offered(["history", "--status", ""], installation)
            #expect(Set(statuses) == ["running", "completed", "failed", "killed", "queued"])
            #expect(try await offered(["history", "--command", "gr"], installation) == ["greet"])
            #expect(try await offered(["token", "create", "--role", "SUP"], installation) == ["SUPPORT"])
            let kills = try await offered(["kill", ""], installation).filter { !$0.hasPrefix("-") }
            #expect(kills == ["\(running)"])
            #expect(try await offered(["sho"], installation) == ["show"])
            let orders = try await offered(["history", "--sort", ""], installation)
            #expect(Set(orders) == ["time", "duration", "command", "user", "status"])
            for (words, option) in [
                (["log", "--fol"], "--follow"), (["purge", "--dry"], "--dry-run"),
                (["history", "--no-p"], "--no-pager"),
                (["token", "list", "--js"], "--json"),
            ] { #expect(try await offered(words, installation) == [option], "\(words)") }
            let shown = try await offered(["show", ""], installation).filter { !$0.hasPrefix("-") }
            #expect(Set(shown) == ["\(running)", "\(ended)"])
            let logs = try await offered(["log", ""], installation).filter { !$0.hasPrefix("-") }
            #expect(Set(logs) == ["\(running)", "\(ended)"])
        }
    }

    @Test(arguments: ["remotisan-broker", "remotisan-fcgi"], ["bash", "zsh", "fish"])
    func `each shell accepts its script`(_ program: String, _ shell: String) throws {
        let path = ["/bin/\(shell)", "/usr/bin/\(shell)"].first { FileManager.default.isExecutableFile(atPath: $0) }
        let found = try #require(path, "\(shell) is not installed.")
        let directory = try TemporaryDirectory()
        let process = TestProcess()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c", #""$1" --generate-completion-script "$2" >"$3" && "$4" -n "$3""#, "sh",
            "\(Places.programs)/\(program)", shell, directory.path + "/script", found,
        ]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
