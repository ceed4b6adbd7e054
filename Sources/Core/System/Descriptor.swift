import CSystem
import Glibc

/// An open file that one owner holds and closes; close-on-exec from the start.
public struct Descriptor: ~Copyable {
    let number: Int32

    /// The number, for calls that this type does not have. It is closed with the descriptor.
    public var rawValue: Int32 { number }

    /// Takes over an open descriptor.
    public init(owning number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }

    /// Opens a file, never through a symbolic link in its last component.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - flags: As open(2) takes them; `O_CLOEXEC` and `O_NOFOLLOW` are added.
    ///   - mode: Permissions of a file that this call creates, whatever the umask.
    /// - Throws: ``SystemError``.
    public init(opening path: String, _ flags: Int32, mode: mode_t = 0o640) throws {
        number = try Self.open(path, flags, mode)
    }

    private static func open(_ path: String, _ flags: Int32, _ mode: mode_t) throws -> Int32 {
        let number = try valueOrErrno("open", path) { Glibc.open(path, flags | O_CLOEXEC | O_NOFOLLOW, mode) }
        // EPERM: the file was there before and is somebody else's; its mode is theirs to choose.
        if flags & O_CREAT != 0, fchmod(number, mode) != 0, errno != EPERM {
            let error = SystemError("fchmod", path)
            close(number)
            throw error
        }
        return number
    }

    /// Both ends of a pipe, close-on-exec.
    ///
    /// - Throws: ``SystemError``.
    static func pipe(_ body: (_ reading: consuming Descriptor, _ writing: consuming Descriptor) throws -> Void) throws {
        var ends: [Int32] = [0, 0]
        _ = try valueOrErrno("pipe2", "") { system_pipe(&ends) }
        try body(Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
    }

    /// Gives the number away: from here on nobody closes it.
    public consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }

    /// Calls `body` with standard output, which stays open.
    public static func standardOutput(_ body: (borrowing Descriptor) throws -> Void) throws {
        let output = Descriptor(owning: STDOUT_FILENO)
        do { try body(output) } catch {
            _ = output.release()
            throw error
        }
        _ = output.release()
    }

    /// Writes all of it, at the end of the file if it was opened with `O_APPEND`.
    ///
    /// - Throws: ``SystemError``; part of it may be written by then.
    public func write(_ bytes: some Collection<UInt8>, to subject: String) throws {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let wrote = try rest.withUnsafeBytes { buffer in
                try valueOrErrno("write", subject) { Glibc.write(number, buffer.baseAddress, buffer.count) }
            }
            rest = rest.dropFirst(wrote)
        }
    }

    /// Reads up to `count` bytes at an offset; fewer only at the end of the file.
    ///
    /// - Throws: ``SystemError``.
    public func read(_ count: Int, at offset: Int64, of subject: String) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count, let base = buffer.baseAddress {
                let got = try valueOrErrno("pread", subject) {
                    pread(number, base + filled, count - filled, off_t(offset) + off_t(filled))
                }
                if got == 0 { break }
                filled += got
            }
        }
    }

    /// Reads from the current position to the end of the stream.
    ///
    /// - Throws: ``SystemError``.
    func readToEnd(of subject: String) throws -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let got = try valueOrErrno("read", subject) { Glibc.read(number, &buffer, buffer.count) }
            if got == 0 { return all }
            all += buffer.prefix(got)
        }
    }

    /// Reads from the current position to the end of a pipe, if that comes in time.
    ///
    /// - Parameters:
    ///   - deadline: In milliseconds of the boot clock.
    ///   - limit: More bytes than these are not waited for.
    /// - Returns: nil if the end did not come; more than `limit` bytes if there were as many.
    /// - Throws: ``SystemError``.
    func readToEnd(of subject: String, before deadline: Int64, limit: Int = .max) throws -> [UInt8]? {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while all.count <= limit {
            let left = deadline - Clock.boottimeMilliseconds()
            guard left > 0 else { return nil }
            var waiting = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
            guard try valueOrErrno("poll", subject, { poll(&waiting, 1, Int32(clamping: left)) }) > 0 else { continue }
            let got = try valueOrErrno("read", subject) { Glibc.read(number, &buffer, buffer.count) }
            if got == 0 { break }
            all += buffer.prefix(got)
        }
        return all
    }

    /// Size and time of last change.
    ///
    /// - Throws: ``SystemError``.
    public func status(of subject: String) throws -> FileStatus {
        var status = stat()
        _ = try valueOrErrno("fstat", subject) { fstat(number, &status) }
        return FileStatus(status)
    }

    /// Makes what was written survive a power cut, fsync(2).
    ///
    /// - Throws: ``SystemError``.
    func sync(_ subject: String) throws {
        _ = try valueOrErrno("fsync", subject) { fsync(number) }
    }
}
