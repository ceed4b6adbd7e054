import Glibc

/// Small files that are either complete or absent.
enum DurableFile {
    /// Writes a temporary file, fsyncs it and renames it. A reader sees either the old content or the new.
    ///
    /// After an error the old content is unchanged.
    ///
    /// - Parameter isDurable: Whether it survives a power cut once this returns. If false, nothing is fsynced.
    static func write(
        _ text: String, to path: String, mode: mode_t = 0o640, isDurable: Bool = true
    ) throws(SystemError) {
        let aside = "\(path).\(getpid()).new"
        do throws(SystemError) {
            let file = try Descriptor(opening: aside, O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
            try file.write(text.utf8, to: aside)
            if isDurable { try file.sync(aside) }
        } catch {
            unlink(aside)
            throw error
        }
        guard rename(aside, path) == 0 else {
            let error = SystemError("rename", path)
            unlink(aside)
            throw error
        }
        if isDurable { try syncDirectory(of: path) }
    }

    /// Writes a temporary file, renames it and then fsyncs it, so that one commit of the file system has both.
    ///
    /// The file survives a power cut after a later ``syncDirectory(of:)``. Until then a power cut may leave it empty. So
    /// this is for files whose old content is of no use.
    static func writeBeforeDirectory(_ text: String, to path: String, mode: mode_t = 0o640) throws(SystemError) {
        let aside = "\(path).\(getpid()).new"
        do throws(SystemError) {
            let file = try Descriptor(opening: aside, O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
            try file.write(text.utf8, to: aside)
            guard rename(aside, path) == 0 else { throw SystemError("rename", path) }
            try file.sync(path)
        } catch {
            unlink(aside)
            throw error
        }
    }

    /// Creates a file unless it exists. Of several processes that do so at the same time, one wins.
    ///
    /// - Returns: The content of the file: the given one, or that of the existing file.
    static func create(_ text: String, at path: String, mode: mode_t = 0o640) throws(SystemError) -> String {
        if let old = try read(path) { return old }
        let aside = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max)).new"
        defer { unlink(aside) }
        let file = try Descriptor(opening: aside, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
        try file.write(text.utf8, to: aside)
        try file.sync(aside)
        // link(2), unlike rename(2), does not replace a file that another process has created in the meantime.
        if link(aside, path) != 0 {
            guard errno == EEXIST, let old = try read(path) else { throw SystemError("link", path) }
            return old
        }
        try syncDirectory(of: path)
        return text
    }

    /// The content of a small file that a job could have replaced, ``Descriptor/opening(replaceable:_:mode:owner:)``; nil
    /// if the file does not exist.
    static func read(replaceable path: String, owner: uid_t?) throws(SystemError) -> String? {
        do throws(SystemError) {
            let file = try Descriptor.opening(replaceable: path, O_RDONLY, owner: owner)
            return String(decoding: try file.readToEnd(of: path, isRegular: true), as: UTF8.self)
        } catch {
            guard error.code == ENOENT else { throw error }
            return nil
        }
    }

    /// The content of a small file; nil if the file does not exist.
    static func read(_ path: String) throws(SystemError) -> String? {
        do throws(SystemError) {
            let file = try Descriptor(opening: path, O_RDONLY)
            return String(decoding: try file.readToEnd(of: path), as: UTF8.self)
        } catch {
            guard error.code == ENOENT else { throw error }
            return nil
        }
    }

    /// Makes the names in the directory of a file survive a power cut.
    static func syncDirectory(of path: String) throws(SystemError) {
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        try Descriptor(opening: directory.isEmpty ? "/" : directory, O_RDONLY | O_DIRECTORY).sync(directory)
    }
}
