import Foundation
import TestSupport
import Testing

/// The steps of docs/moving.md.
@Suite(.enabled(if: MountNamespace.isPossible, "only root, on a root file system of its own, can make name spaces"))
struct MovingDocumentTests {
    @Test func `the steps of the document can be carried out as they are written`() async throws {
        let directory = try TemporaryDirectory()
        let output = directory.path + "/output"
        let process = try SpawnedProcess(
            [Places.repository + "/scripts/test-moving", Places.programs], output: output)
        do {
            #expect(try await process.ended(limit: .seconds(180)) == .code(0))
        } catch {
            await process.stop()
            throw error
        }
        let shown = try String(contentsOfFile: output, encoding: .utf8)
        #expect(shown.hasSuffix("docs/moving.md was carried out.\n"), "\(shown)")
    }
}
