import ArgumentParser
import Core
import Foundation

/// Writes files into a directory.
struct ExportFiles {
    /// The contents by relative path.
    let files: [String: [UInt8]]
    let directory: String
    /// Whether files that exist are replaced.
    let force: Bool

    /// Writes the files. Prints the names of the files that exist and are kept.
    ///
    /// - Returns: The number of files that were written.
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
            // The web server, cron and systemd must be able to read them. None contains a secret.
            try manager.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            written += 1
        }
        return written
    }
}
