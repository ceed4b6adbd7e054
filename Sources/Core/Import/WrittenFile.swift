import Glibc

/// A file that an administrator asked for, such as a converted configuration.
package enum WrittenFile {
    /// Writes a text, unless the file has it. A file that is replaced keeps its owner, group and mode.
    ///
    /// - Parameter replaces: Whether a file with other content is replaced.
    /// - Returns: Whether it was written.
    /// - Throws: ``ImportError``, ``SystemError``.
    package static func write(_ text: String, to path: String, replaces: Bool) throws -> Bool {
        let old = try DurableFile.read(path)
        if old == text { return false }
        guard replaces || old == nil else {
            throw ImportError.other(
                "\(path) exists and has other content. Name another file, or use --force to replace it.")
        }
        let aside = "\(path).\(getpid()).new"
        defer { unlink(aside) }
        let file = try Descriptor(opening: aside, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o640)
        try file.write(text.utf8, to: aside)
        var status = stat()
        if stat(path, &status) == 0 {
            // The group of a configuration is that of the service.
            guard fchown(file.rawValue, status.st_uid, status.st_gid) == 0,
                fchmod(file.rawValue, status.st_mode & 0o777) == 0
            else { throw SystemError("fchown", aside) }
        }
        try file.sync(aside)
        guard rename(aside, path) == 0 else { throw SystemError("rename", path) }
        try DurableFile.syncDirectory(of: path)
        return true
    }
}
