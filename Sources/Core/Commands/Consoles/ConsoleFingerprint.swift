import Crypto
import Foundation

/// What the files that make a console's commands look like: names, sizes and times, not contents.
struct ConsoleFingerprint {
    /// Hexadecimal.
    let text: String

    /// Files at the top of an application, and directories with its own code.
    private static let files = ["composer.json", "composer.lock", ".env", "artisan", "bin/console"]
    private static let directories = ["app", "src", "bin", "bootstrap", "config", "routes", "vendor/composer"]
    /// So many files are looked at; an application with more has most of them elsewhere.
    private static let limit = 20_000

    /// Looks at a console's files: some thousand calls of stat(2), a few milliseconds.
    init(_ console: Console) {
        var hash = SHA256()
        func add(_ path: String) {
            guard let status = FileStatus(ofPath: path) else { return }
            hash.update(data: Data("\(path)\0\(status.size)\0\(status.modifiedMilliseconds)\0".utf8))
        }
        let named = console.run.dropFirst().filter { !$0.hasPrefix("-") }
        for file in Self.files + named { add(file.hasPrefix("/") ? file : "\(console.directory)/\(file)") }
        var seen = 0
        for directory in Self.directories {
            let path = "\(console.directory)/\(directory)"
            guard let names = FileManager.default.enumerator(atPath: path) else { continue }
            var found: [String] = []
            while let name = names.nextObject() as? String, seen < Self.limit {
                seen += 1
                if name.hasSuffix(".php") { found.append("\(path)/\(name)") }
            }
            for file in found.sorted() { add(file) }
        }
        text = hash.finalize().hexadecimal
    }
}
