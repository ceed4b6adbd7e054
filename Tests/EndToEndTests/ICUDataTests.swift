import Foundation
import TestSupport
import Testing

/// The part of ICU's data that a release contains (scripts/icu-data).
@Suite struct ICUDataTests {
    private func run(_ command: [String], environment: [String: String] = [:]) throws -> String {
        let process = TestProcess()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = environment.map { "\($0)=\($1)" } + command
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(command) ended with \(process.terminationStatus)")
        return text
    }

    @Test func `a program with the part works as with all data`() throws {
        let directory = try TemporaryDirectory()
        let source = Places.repository + "/Tests/Fixtures/icu-use.swift"
        let flags = try run([Places.repository + "/scripts/icu-data", directory.path + "/icu.o"])
        let chosen = flags.split { $0 == " " || $0 == "\n" }.map(String.init)
        try #require(!chosen.isEmpty, "The data of this toolchain are not known.")
        let build = ["swiftc", "-O", "-static-stdlib", "-use-ld=lld", source, "-o"]
        let (whole, part) = (directory.path + "/whole", directory.path + "/part")
        _ = try run(build + [whole])
        _ = try run(build + [part, "-Xlinker", "--gc-sections"] + chosen)
        let sizes = try [whole, part].map {
            try #require(FileManager.default.attributesOfItem(atPath: $0)[.size] as? Int)
        }
        #expect(sizes[1] < sizes[0] - 20_000_000)
        for (zone, language) in [
            ("America/New_York", "C.UTF-8"), ("Europe/Berlin", "de_DE.UTF-8"), ("", "en_US.UTF-8"),
        ] {
            let environment = ["TZ": zone, "LANG": language]
            let expected = try run([whole], environment: environment)
            #expect(expected.split(separator: "\n").count > 1500)
            #expect(try run([part], environment: environment) == expected)
        }
    }
}
