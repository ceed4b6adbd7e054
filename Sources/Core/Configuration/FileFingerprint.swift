import Foundation
import Glibc

/// The identity and state of some files. It differs if one of them was changed, replaced, created or removed.
///
/// The time of the last status change is part of it (stat(2), `st_ctim`), because an editor may restore the time of the
/// content. Fingerprints are compared for equality only, so a clock that jumps does no harm.
struct FileFingerprint: Sendable, Equatable {
    private let marks: [String]

    /// Reads the state of files. It follows symbolic links, and includes the files of a directory.
    init(_ paths: [String]) {
        marks = paths.flatMap { path in
            var marks = [Self.mark(path)]
            if Self.isDirectory(path) {
                let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
                marks += names.map { Self.mark("\(path)/\($0)") }
            }
            return marks
        }
    }

    private static func mark(_ path: String) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { return "\(path) \(errno)" }
        return """
            \(path) \(status.st_dev) \(status.st_ino) \(status.st_size) \
            \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) \(status.st_ctim.tv_sec).\(status.st_ctim.tv_nsec)
            """
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
