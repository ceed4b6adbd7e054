import Foundation

/// Inputs for fuzzing: the files of a corpus, and random mutations of them.
package struct Corpus: Sendable {
    private let inputs: [[UInt8]]
    private let name: String

    /// Reads the files of a directory of Tests/Fixtures/corpus. An empty directory is an error.
    package init(_ name: String) throws {
        self.name = name
        let directory = Fixtures.path("corpus/\(name)")
        inputs = try FileManager.default.contentsOfDirectory(atPath: directory).sorted().map { file in
            Array(try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(file)")))
        }
        guard !inputs.isEmpty else { throw CocoaError(.fileNoSuchFile) }
    }

    /// Calls `body` with every input, then with a few hundred mutations, and with more until ``Fuzzing/time`` is over.
    ///
    /// If ``Fuzzing/time`` is set, each mutation is written to /tmp/remotisan-fuzz-NAME first. After a crash the file
    /// contains the input that caused it.
    ///
    /// - Returns: The number of inputs.
    @discardableResult
    package func feed(seed: UInt64 = 1, to body: ([UInt8]) throws -> Void) rethrows -> Int {
        let isLong = Fuzzing.time > .zero
        var random = SeededGenerator(seed: isLong ? UInt64.random(in: 0 ... .max) : seed)
        for input in inputs { try body(input) }
        var count = inputs.count
        let deadline = ContinuousClock.now + Fuzzing.time
        repeat {
            for _ in 0..<300 {
                let input = mutation(&random)
                if isLong { try? Data(input).write(to: URL(fileURLWithPath: "/tmp/remotisan-fuzz-\(name)")) }
                try body(input)
                count += 1
            }
        } while ContinuousClock.now < deadline
        return count
    }

    private static let pieces: [[UInt8]] =
        [
            "'", "\"", "\\", "\n", "\r\n", "\t", "\0", "--", "-", "=", "$(touch X)", "`id`", ";", "&&", "|", "*", "~",
            "%", "%00", "%ff", "&", "[", "]", "{", "}", ":", ",", "null", "true", "1e999", "\\u0000", "\\ud800", "&a ",
            "*a",
            "!!binary ", "<<: ", "\u{301}", "\u{FEFF}", "\u{1F600}", "\u{1B}[31m",
        ].map { Array($0.utf8) } + [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]]

    private func mutation(_ random: inout SeededGenerator) -> [UInt8] {
        var input = inputs.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            let position = Int.random(in: 0...input.count, using: &random)
            let end = min(input.count, position + Int.random(in: 1...30, using: &random))
            switch Int.random(in: 0...5, using: &random) {
            case 0 where position < input.count: input[position] = UInt8.random(in: 0...255, using: &random)
            case 1: input.removeSubrange(position..<end)
            case 2: input.insert(contentsOf: input[position..<end], at: position)
            case 3:
                // The end of another input.
                let other = inputs.randomElement(using: &random) ?? []
                input = Array(input.prefix(position) + other.dropFirst(Int.random(in: 0...other.count, using: &random)))
            default: input.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: position)
            }
        }
        return input
    }
}

/// Files in Tests/Fixtures.
package enum Fixtures {
    /// The absolute path of a file or directory.
    package static func path(_ name: String) -> String {
        "/" + (#filePath.split(separator: "/").dropLast(2) + ["Fixtures"]).joined(separator: "/") + "/" + name
    }
}
