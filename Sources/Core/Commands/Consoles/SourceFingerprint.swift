import Crypto
import Foundation

/// A hash of the names, sizes and times of the files that define a console's commands.
struct SourceFingerprint {
    /// The hash in hexadecimal digits.
    let text: String

    private static let files = ["composer.json", "composer.lock", ".env", "artisan", "bin/console"]
    private static let directories = ["app", "src", "bin", "bootstrap", "config", "routes", "vendor/composer"]
    /// Maximum number of files in the directories. More would take too long.
    private static let limit = 20_000

    /// Reads the status of the files. Some thousand calls of stat(2) take a few milliseconds.
    init(of console: Console) {
        var hash = SHA256()
        func add(_ path: String) {
            guard let status = FileStatus(ofPath: path) else { return }
            hash.update(data: Data("\(path)\0\(status.size)\0\(status.modifiedMilliseconds)\0".utf8))
        }
        let argumentPaths = console.run.dropFirst().filter { !$0.hasPrefix("-") }
        for file in Self.files + argumentPaths { add(file.hasPrefix("/") ? file : "\(console.directory)/\(file)") }
        var visited = 0
        for directory in Self.directories {
            let path = "\(console.directory)/\(directory)"
            guard let names = FileManager.default.enumerator(atPath: path) else { continue }
            var found: [String] = []
            while let name = names.nextObject() as? String, visited < Self.limit {
                visited += 1
                if name.hasSuffix(".php") { found.append("\(path)/\(name)") }
            }
            for file in found.sorted() { add(file) }
        }
        text = hash.finalize().hexadecimal
    }
}
