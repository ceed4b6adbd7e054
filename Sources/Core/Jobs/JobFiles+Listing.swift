import Foundation

/// The files of a job that exist, for an administrator.
extension JobFiles {
    /// A file or a directory.
    package struct Entry: Sendable, Equatable {
        package let path: String
        /// Length in bytes.
        package let size: Int64
        /// Bytes on the disk.
        package let allocated: Int64
    }

    /// The log, the records and the uploads, in the order of their paths. FIFOs and the reserved space of records are
    /// part of it.
    package func entries() -> [Entry] {
        let uuid = uuid.description
        let places = [(log as NSString).deletingLastPathComponent, jobs]
        let own = Set(places).flatMap { directory in
            Self.endings.map { "\(directory)/\(uuid).\($0)" }
        }
        let uploaded = (try? FileManager.default.contentsOfDirectory(atPath: uploads)) ?? []
        return (own + uploaded.map { "\(uploads)/\($0)" }).sorted().compactMap { path in
            FileStatus(ofPath: path).map { Entry(path: path, size: $0.size, allocated: $0.allocated) }
        }
    }

    /// Disk space of all these files, in bytes.
    package var diskSpace: Int64 { entries().reduce(0) { $0 + $1.allocated } }

    /// The kinds of files. docs/architecture.md lists them.
    private static let endings = [
        "log", "times", "start", "out", "masked", "held", "lock", "pid", "exit", "exit.new", "kill", "kill-now",
        "killing", "refused", "files",
    ]
}
