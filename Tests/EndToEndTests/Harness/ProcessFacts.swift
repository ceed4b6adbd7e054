import Foundation
import Glibc

@testable import Core

/// Facts about a process, from `/proc`.
struct ProcessFacts {
    let pid: pid_t

    /// Its argv, byte for byte.
    var arguments: [[UInt8]] { words("cmdline") }
    /// The environment it was started with.
    var environment: [String] { words("environ").map { String(decoding: $0, as: UTF8.self) } }
    /// A line of `status`, by its name.
    func status(_ name: String) -> String? {
        String(decoding: Self.read("/proc/\(pid)/status"), as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix(name + ":") }
            .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
    }
    /// Its open descriptors and their targets.
    var descriptors: [Int: String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd")) ?? []
        let pairs = names.compactMap { name -> (Int, String)? in
            guard let number = Int(name),
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\(name)")
            else { return nil }
            return (number, target)
        }
        return Dictionary(pairs) { first, _ in first }
    }
    /// Whether it is alive. A zombie is not.
    var isAlive: Bool { ProcessTable.entry(pid)?.isAlive ?? false }

    private func words(_ file: String) -> [[UInt8]] {
        var bytes = Self.read("/proc/\(pid)/\(file)")
        if bytes.last == 0 { bytes.removeLast() }
        return bytes.split(separator: 0, omittingEmptySubsequences: false).map(Array.init)
    }

    /// A whole file; empty if it cannot be read.
    static func read(_ path: String) -> [UInt8] {
        guard let file = try? Descriptor(opening: path, O_RDONLY) else { return [] }
        return (try? file.readToEnd(of: path)) ?? []
    }

    /// The same as text.
    static func text(_ path: String) -> String { String(decoding: read(path), as: UTF8.self) }

    /// Whether bytes contain other bytes.
    static func contains(_ bytes: [UInt8], _ needle: [UInt8]) -> Bool {
        Data(bytes).range(of: Data(needle)) != nil
    }
}
