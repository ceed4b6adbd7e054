import Foundation
import Glibc

/// The files of this machine that `doctor` reads.
package struct HostFiles: Sendable {
    /// The directory with the configurations of nginx, Apache, cron and systemd: /etc.
    private let etc: String
    /// What precedes the paths of directories outside of ``etc``; empty for this machine.
    private let root: String

    package init(etc: String, root: String = "") {
        self.etc = etc
        self.root = root
    }

    /// Directories of units besides that of the administrator, in the order in which systemd searches them,
    /// systemd.unit(5).
    private static let unitDirectories = [
        "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system",
    ]

    /// The paths that match a glob pattern, sorted. A relative pattern and one below /etc/ are searched below `etc`.
    package func matching(_ pattern: String) -> [String] {
        var pattern = pattern.hasPrefix("/etc/") ? String(pattern.dropFirst(5)) : pattern
        if !pattern.hasPrefix("/") { pattern = "\(etc)/\(pattern)" }
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { index in found.gl_pathv[index].map { String(cString: $0) } }
    }

    /// The text of a file; empty if it cannot be read.
    package func text(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// The files of a systemd unit: the unit itself, then its drop-ins in the order in which they apply. Empty if there is
    /// no such unit.
    package func unit(_ name: String) -> [(path: String, text: String)] {
        let directories = ["systemd/system"] + Self.unitDirectories.map { root + $0 }
        // The first one that exists is used.
        guard let unit = directories.lazy.compactMap({ matching("\($0)/\(name)").first }).first else { return [] }
        let dropIns = directories.reversed().flatMap { matching("\($0)/\(name).d/*.conf") }
        // /lib is usually a link to /usr/lib, so a drop-in is found twice. Of one name only the first directory counts.
        let effective = Dictionary(dropIns.map { (($0 as NSString).lastPathComponent, $0) }) { $1 }
        return ([unit] + effective.sorted { $0.key < $1.key }.map(\.value)).map { ($0, text($0)) }
    }
}
