import Foundation
import Glibc

@testable import Core

extension Installation {
    /// Runs the broker on a pseudo terminal of its own, script(1), and returns what the terminal shows and the exit code.
    ///
    /// - Parameters:
    ///   - input: Keys that a person types.
    ///   - before: A shell command before it, such as `trap`.
    func onTerminal(
        _ arguments: [String], environment: [String: String] = [:], input: String = ""
    ) async throws -> (text: String, status: Int32) {
        var variables = ["PATH": "/usr/bin:/bin", "TERM": "xterm", "PAGER": "cat"]
        variables.merge(environment) { $1 }
        let words = ([programs + "/remotisan-broker"] + arguments + ["--config", configuration])
            .map(ShellWords.quote).joined(separator: " ")
        let name = "terminal-\(UInt32.random(in: 0 ... .max)).log"
        let process = try spawn(
            ["/bin/sh", "-c", #"printf %s "$1" | script -qec "$2" /dev/null"#, "sh", input, words],
            environment: variables, output: name)
        let ending = try await process.ended(limit: .seconds(60))
        let text = String(decoding: ProcessFacts.read("\(directory)/\(name)"), as: UTF8.self)
        guard case .code(let status) = ending else { throw ProcessEndedError(what: "script", ending: ending) }
        return (text.replacing("\r\n", with: "\n"), status)
    }

    /// The objects of JSON Lines, or the one value of the output.
    func json(_ arguments: String...) async throws -> [[String: JSONValue]] {
        let output = try await broker(arguments + ["--json"])
        return try JSONOutput.objects(in: output.out)
    }
}

/// The JSON that the broker prints.
enum JSONOutput {
    /// The objects of a list, one object, or those of JSON Lines. Anything else on standard output is an error.
    static func objects(in text: String) throws -> [[String: JSONValue]] {
        let decoder = JSONDecoder()
        if let list = try? decoder.decode([[String: JSONValue]].self, from: Data(text.utf8)) { return list }
        return try text.split(separator: "\n").map {
            try decoder.decode([String: JSONValue].self, from: Data($0.utf8))
        }
    }
}
