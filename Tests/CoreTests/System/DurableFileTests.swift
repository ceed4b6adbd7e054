import Foundation
import TestSupport
import Testing

@testable import Core

struct DurableFileTests {
    @Test func `a written file has its content and mode, and no temporary file remains`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/x"
        #expect(try DurableFile.read(path) == nil)
        for text in ["one", "", String(repeating: "two", count: 10_000)] {
            try DurableFile.write(text, to: path, mode: 0o600)
            #expect(try DurableFile.read(path) == text)
        }
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["x"])
    }

    @Test func `after a failed write no temporary file remains`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/x"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        #expect(throws: SystemError.self) { try DurableFile.write("x", to: path) }
        #expect(throws: SystemError.self) { try DurableFile.write("x", to: directory.path + "/no/x") }
        #expect(throws: SystemError.self) { try DurableFile.read(path) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["x"])
    }

    @Test func `if many threads create a file at once, all get the same content`() async throws {
        for _ in 0..<20 {
            let directory = try TemporaryDirectory()
            let path = directory.path + "/x"
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<16 {
                    group.addTask { try await onThread { try DurableFile.create("content \(number)", at: path) } }
                }
                return try await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(Set(answers).count == 1)
            #expect(try DurableFile.read(path) == answers[0])
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["x"])
        }
    }
}
