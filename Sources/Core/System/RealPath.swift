import Glibc

/// Resolves symbolic links.
enum RealPath {
    /// The absolute path without symbolic links, realpath(3). It fails if the path does not exist.
    static func resolve(_ path: String) throws(SystemError) -> String {
        guard let pointer = realpath(path, nil) else { throw SystemError("realpath", path) }
        defer { free(pointer) }
        return String(cString: pointer)
    }
}
