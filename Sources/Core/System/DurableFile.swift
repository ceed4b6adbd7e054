import Glibc

/// Small files that are there whole or not at all.
enum DurableFile {
    /// Writes a file aside, makes it durable and gives it its name; a reader sees the old content or the new.
    ///
    /// - Throws: ``SystemError``; the old content then still stands.
    static func write(_ text: String, to path: String, mode: mode_t = 0o640) throws {
        let aside = "\(path).\(getpid()).new"
        do {
            let file = try Descriptor(opening: aside, O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
            try file.write(text.utf8, to: aside)
            try file.sync(aside)
        } catch {
            unlink(aside)
            throw error
        }
        guard rename(aside, path) == 0 else {
            let error = SystemError("rename", path)
            unlink(aside)
            throw error
        }
        try syncDirectory(of: path)
    }

    /// Writes a file unless there is one already. Of several that try at once one wins.
    ///
    /// - Returns: The content that stands now: the given one, or what was there.
    /// - Throws: ``SystemError``.
    static func create(_ text: String, at path: String, mode: mode_t = 0o640) throws -> String {
        if let old = try read(path) { return old }
        let aside = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max)).new"
        defer { unlink(aside) }
        do {
            let file = try Descriptor(opening: aside, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
            try file.write(text.utf8, to: aside)
            try file.sync(aside)
        }
        // link(2), unlike rename(2), does not replace what another process has put there in the meantime.
        if link(aside, path) != 0 {
            guard errno == EEXIST, let old = try read(path) else { throw SystemError("link", path) }
            return old
        }
        try syncDirectory(of: path)
        return text
    }

    /// The content of a small file; nil where there is none.
    ///
    /// - Throws: ``SystemError`` for any failure but ENOENT.
    static func read(_ path: String) throws -> String? {
        do {
            let file = try Descriptor(opening: path, O_RDONLY)
            return String(decoding: try file.readToEnd(of: path), as: UTF8.self)
        } catch let error as SystemError where error.code == ENOENT {
            return nil
        }
    }

    private static func syncDirectory(of path: String) throws {
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        try Descriptor(opening: directory.isEmpty ? "/" : directory, O_RDONLY | O_DIRECTORY).sync(directory)
    }
}
