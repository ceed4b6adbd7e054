import Foundation
import TestSupport
import Testing

@testable import Core

/// The responder and the broker are one program, and its name chooses.
@Suite struct ProgramNameTests {
    private func version(_ program: String, calledAs name: String? = nil) async throws -> (status: Int32, text: String)
    {
        let process = TestProcess()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", #"exec -a "$2" "$1" --version 2>&1"#, "bash", program, name ?? program]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    @Test(arguments: ["remotisan-fcgi", "remotisan-broker"]) func `the name that the caller gives chooses`(
        _ name: String
    ) async throws {
        for file in ["remotisan-fcgi", "remotisan-broker"] {
            let answer = try await version("\(Places.programs)/\(file)", calledAs: "/usr/bin/\(name)")
            #expect(answer.text == "\(name) \(ProgramVersion.current)\n")
        }
    }

    @Test(
        "behind a link of another name, the name of the file chooses",
        arguments: ["remotisan-fcgi", "remotisan-broker"])
    func linked(_ name: String) async throws {
        let directory = try TemporaryDirectory()
        let link = directory.path + "/remotisan.cgi"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "\(Places.programs)/\(name)")
        #expect(try await version(link).text == "\(name) \(ProgramVersion.current)\n")
    }

    @Test func `a file of another name refuses to run`() async throws {
        let directory = try TemporaryDirectory()
        let copy = directory.path + "/remotisan"
        try FileManager.default.copyItem(atPath: "\(Places.programs)/remotisan-broker", toPath: copy)
        let answer = try await version(copy)
        #expect(answer.status == 64)
        #expect(answer.text.contains("must be remotisan-fcgi or remotisan-broker."))
    }
}
