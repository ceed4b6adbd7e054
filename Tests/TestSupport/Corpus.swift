import Foundation

/// Inputs that are changed at random, over and over: what nobody thought of.
package struct Corpus: Sendable {
    private let inputs: [[UInt8]]
    private let name: String

    /// The files of a directory of Tests/Fixtures/corpus.
    ///
    /// - Throws: An error if there are none.
    package init(_ name: String) throws {
        self.name = name
        var parts = #filePath.split(separator: "/").dropLast(2).map(String.init)
        parts += ["Fixtures", "corpus", name]
        let directory = "/" + parts.joined(separator: "/")
        inputs = try FileManager.default.contentsOfDirectory(atPath: directory).sorted().map { file in
            Array(try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(file)")))
        }
        guard !inputs.isEmpty else { throw CocoaError(.fileNoSuchFile) }
    }

    /// Hands every input to `body` as it is, and then changed ones: a few hundred, and for ``Fuzzing/time`` more.
    ///
    /// An input that ends the process is in /tmp/remotisan-fuzz-NAME then: there it is written before it is tried, where
    /// fuzzing was asked for.
    ///
    /// - Returns: How many were tried.
    @discardableResult
    package func feed(seed: UInt64 = 1, to body: ([UInt8]) throws -> Void) rethrows -> Int {
        let isLong = Fuzzing.time > .zero
        var random = SeededGenerator(seed: isLong ? UInt64.random(in: 0 ... .max) : seed)
        for input in inputs { try body(input) }
        var count = inputs.count
        let deadline = ContinuousClock.now + Fuzzing.time
        repeat {
            for _ in 0..<300 {
                let input = changed(&random)
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

    private func changed(_ random: inout SeededGenerator) -> [UInt8] {
        var input = inputs.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            let place = Int.random(in: 0...input.count, using: &random)
            let end = min(input.count, place + Int.random(in: 1...30, using: &random))
            switch Int.random(in: 0...5, using: &random) {
            case 0 where place < input.count: input[place] = UInt8.random(in: 0...255, using: &random)
            case 1: input.removeSubrange(place..<end)
            case 2: input.insert(contentsOf: input[place..<end], at: place)
            case 3:
                // The end of another one.
                let other = inputs.randomElement(using: &random) ?? []
                input = Array(input.prefix(place) + other.dropFirst(Int.random(in: 0...other.count, using: &random)))
            default: input.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: place)
            }
        }
        return input
    }
}
