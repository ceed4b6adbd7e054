import Foundation
import TestSupport
import Testing

@testable import Core

/// Where `doctor` finds the files of systemd's units.
struct HostFilesTests {
    /// Writes files below a directory that stands for the root of a machine.
    private func machine(_ files: [String: String]) throws -> TemporaryDirectory {
        let root = try TemporaryDirectory()
        for (name, text) in files {
            let path = URL(fileURLWithPath: root.path + "/" + name)
            try FileManager.default.createDirectory(
                at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: path, atomically: false, encoding: .utf8)
        }
        return root
    }

    private func unit(_ root: TemporaryDirectory) -> [String] {
        HostFiles(etc: root.path + "/etc", root: root.path).unit("remotisan.service")
            .map { $0.path.replacing(root.path, with: "") + ": " + $0.text }
    }

    @Test(arguments: [
        "run/systemd/system", "usr/local/lib/systemd/system", "usr/lib/systemd/system", "lib/systemd/system",
        "etc/systemd/system",
    ])
    func `a unit is found in each directory of systemd`(_ directory: String) throws {
        let root = try machine(["\(directory)/remotisan.service": "x", "etc/systemd/system/other.service": "y"])
        #expect(unit(root) == ["/\(directory)/remotisan.service: x"])
    }

    @Test func `the administrator's unit replaces the one of /usr/local, and that one the one of the package`() throws {
        var files = [
            "usr/local/lib/systemd/system/remotisan.service": "local", "usr/lib/systemd/system/remotisan.service": "x",
        ]
        #expect(unit(try machine(files)) == ["/usr/local/lib/systemd/system/remotisan.service: local"])
        files["etc/systemd/system/remotisan.service"] = "own"
        #expect(unit(try machine(files)) == ["/etc/systemd/system/remotisan.service: own"])
        #expect(unit(try machine([:])).isEmpty)
    }

    @Test func `drop-ins apply by their names, and the administrator's replaces one of the same name`() throws {
        let found = unit(
            try machine([
                "lib/systemd/system/remotisan.service": "unit",
                "usr/lib/systemd/system/remotisan.service.d/20-b.conf": "b",
                "usr/local/lib/systemd/system/remotisan.service.d/30-c.conf": "c",
                "etc/systemd/system/remotisan.service.d/10-a.conf": "a",
                "etc/systemd/system/remotisan.service.d/20-b.conf": "own b",
                "etc/systemd/system/remotisan.service.d/notes.txt": "no drop-in",
            ]))
        #expect(
            found.map { $0.split(separator: ": ").last.map(String.init) } == ["unit", "a", "own b", "c"], "\(found)")
    }
}
