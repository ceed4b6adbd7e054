import Glibc

/// Paths without symbolic links.
enum RealPath {
    /// The absolute path that a path leads to, realpath(3).
    ///
    /// - Throws: ``SystemError`` if it leads nowhere.
    static func resolve(_ path: String) throws -> String {
        guard let pointer = realpath(path, nil) else { throw SystemError("realpath", path) }
        defer { free(pointer) }
        return String(cString: pointer)
    }
}
