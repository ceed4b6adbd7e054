import ArgumentParser
import Core
import Foundation

/// Files that are handed out, by name.
struct ExportFiles {
    let files: [String: [UInt8]]
    let directory: String
    let force: Bool

    /// Writes those that are not there yet, or all of them by force, and names the kept ones.
    ///
    /// - Returns: How many were written.
    func write() throws -> Int {
        let manager = FileManager.default
        try manager.createDirectory(atPath: directory, withIntermediateDirectories: true)
        var written = 0
        for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
            let path = "\(directory)/\(name)"
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
            try manager.createDirectory(at: folder, withIntermediateDirectories: true)
            if !force, manager.fileExists(atPath: path) {
                print("kept: \(name)")
                continue
            }
            try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
            // Web server, cron and systemd read them; what must be secret is in none.
            try manager.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            written += 1
        }
        return written
    }
}
