import CSystem
import Glibc

/// An open file descriptor, closed by its one owner. It is close-on-exec from the start.
package struct Descriptor: ~Copyable {
    let number: Int32

    /// The number, for calls that this type lacks. It is closed with the descriptor.
    package var rawValue: Int32 { number }

    /// Takes ownership of an open descriptor.
    package init(owning number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }

    /// Opens a file. It does not follow a symbolic link in the last component of the path.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - flags: Flags of open(2). `O_CLOEXEC` and `O_NOFOLLOW` are added.
    ///   - mode: Permissions of a file that this call creates, independent of the umask.
    package init(opening path: String, _ flags: Int32, mode: mode_t = 0o640) throws(SystemError) {
        number = try Self.open(path, flags: flags, mode: mode)
    }

    /// Opens a file that a job could have replaced. A FIFO or a device in its place does not hold this process up.
    ///
    /// - Parameter owner: The user who must own the file; nil for any.
    /// - Throws: ``SystemError``, also if it is no regular file, or if another user owns it.
    static func opening(
        replaceable path: String, _ flags: Int32, mode: mode_t = 0o640, owner: uid_t?
    ) throws(SystemError) -> Descriptor {
        let file = try Descriptor(opening: path, flags | O_NONBLOCK, mode: mode)
        let status = try file.status(of: path)
        guard status.isRegular else { throw SystemError("open", "\(path), which is no regular file", code: EPERM) }
        guard owner == nil || owner == status.owner || status.owner == geteuid() else {
            throw SystemError("open", "\(path), which belongs to another user", code: EPERM)
        }
        return file
    }

    /// Opens a file that exists. It follows symbolic links, such as those in `/proc/self/fd`.
    init(opening path: String, following flags: Int32) throws(SystemError) {
        number = try valueOrErrno("open", on: path) { Glibc.open(path, flags | O_CLOEXEC) }
    }

    private static func open(_ path: String, flags: Int32, mode: mode_t) throws(SystemError) -> Int32 {
        let number = try valueOrErrno("open", on: path) { Glibc.open(path, flags | O_CLOEXEC | O_NOFOLLOW, mode) }
        guard flags & O_CREAT != 0 else { return number }
        // EPERM: the file existed and belongs to another user, who chooses its mode. On a copy-on-write file system even
        // the same mode needs room, which a used-up quota does not give.
        var status = stat()
        let isRight = fstat(number, &status) == 0 && status.st_mode & 0o7777 == mode
        if !isRight, fchmod(number, mode) != 0, errno != EPERM {
            let error = SystemError("fchmod", path)
            close(number)
            throw error
        }
        return number
    }

    /// Calls `body` with both ends of a pipe, close-on-exec.
    static func pipe<Failure: Error>(
        _ body: (_ reading: consuming Descriptor, _ writing: consuming Descriptor) throws(Failure) -> Void
    ) throws {
        var ends: [Int32] = [0, 0]
        _ = try valueOrErrno("pipe2", on: "") { system_pipe(&ends) }
        try body(Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
    }

    /// Gives up ownership of the number. The caller has to close it.
    package consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }

    /// Calls `body` with standard output, which stays open.
    package static func standardOutput<Failure: Error>(
        _ body: (borrowing Descriptor) throws(Failure) -> Void
    ) throws(Failure) {
        let output = Descriptor(owning: STDOUT_FILENO)
        do throws(Failure) { try body(output) } catch {
            _ = output.release()
            throw error
        }
        _ = output.release()
    }

    /// Writes all bytes, at the end of the file if it was opened with `O_APPEND`. After an error some may be written.
    package func write(_ bytes: some Collection<UInt8>, to subject: String) throws(SystemError) {
        let all = Array(bytes)
        var written = 0
        while written < all.count {
            written += try valueOrErrno("write", on: subject) {
                all.withUnsafeBytes { Glibc.write(number, $0.baseAddress.map { $0 + written }, all.count - written) }
            }
        }
    }

    /// Reads up to `count` bytes at an offset. It reads fewer only at the end of the file.
    package func read(_ count: Int, at offset: Int64, of subject: String) throws(SystemError) -> [UInt8] {
        var failure: SystemError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            do throws(SystemError) {
                while filled < count, let base = buffer.baseAddress {
                    let got = try valueOrErrno("pread", on: subject) {
                        pread(number, base + filled, count - filled, off_t(offset) + off_t(filled))
                    }
                    if got == 0 { break }
                    filled += got
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Reads from the current position to the end of the stream.
    ///
    /// - Parameter isRegular: Whether it is a regular file, which ends where a read(2) returns fewer bytes than it could.
    func readToEnd(of subject: String, isRegular: Bool = false) throws(SystemError) -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let got = try valueOrErrno("read", on: subject) { Glibc.read(number, &buffer, buffer.count) }
            if got == 0 { return all }
            all += buffer.prefix(got)
            if isRegular, got < buffer.count { return all }
        }
    }

    /// Reads from the current position to the end of a pipe.
    ///
    /// - Parameters:
    ///   - deadline: Milliseconds of the boot clock.
    ///   - limit: Stops when more bytes than this have been read.
    /// - Returns: The bytes, more than `limit` if there were more; nil if the end did not come before the deadline.
    func readToEnd(of subject: String, before deadline: Int64, limit: Int = .max) throws(SystemError) -> [UInt8]? {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while all.count <= limit {
            let left = deadline - Clock.boottimeMilliseconds()
            guard left > 0 else { return nil }
            var waiting = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
            guard try valueOrErrno("poll", on: subject, { poll(&waiting, 1, Int32(clamping: left)) }) > 0 else {
                continue
            }
            let got = try valueOrErrno("read", on: subject) { Glibc.read(number, &buffer, buffer.count) }
            if got == 0 { break }
            all += buffer.prefix(got)
        }
        return all
    }

    package func status(of subject: String) throws(SystemError) -> FileStatus {
        var status = stat()
        _ = try valueOrErrno("fstat", on: subject) { fstat(number, &status) }
        return FileStatus(status)
    }

    /// Makes the written bytes survive a power cut, fsync(2).
    func sync(_ subject: String) throws(SystemError) {
        _ = try valueOrErrno("fsync", on: subject) { fsync(number) }
    }
}
