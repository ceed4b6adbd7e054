import CSystem
import Glibc

/// The FIFO between a command and its log. The collector, a process of `remotisan-job`, moves the output.
extension JobFiles {
    /// The FIFO of a job without secrets.
    var output: String { "\(jobs)/\(uuid).out" }
    /// The FIFO of a job with secrets. Only the processes that started the job know them, so no later collector may
    /// write this output to the log.
    var maskedOutput: String { "\(jobs)/\(uuid).masked" }

    /// The pipe between FIFO and log of a job without secrets.
    var heldOutput: String { "\(jobs)/\(uuid).held" }

    /// Milliseconds to wait for a collector that is stopped, or whose disk hangs.
    private static let timeout: Int64 = 200

    /// The FIFO that exists; nil if the output has ended or is a terminal.
    var openOutput: (path: String, isMasked: Bool)? {
        if FileStatus(ofPath: output) != nil { return (output, false) }
        return FileStatus(ofPath: maskedOutput) != nil ? (maskedOutput, true) : nil
    }

    /// Waits until the output of a job without processes is in its log.
    ///
    /// - Parameter collect: Starts a collector if there is none. It is called again and again, because the lock of a
    ///   collector that was just killed is free only when the kernel has ended it.
    func awaitEndOfOutput(_ collect: () throws(SystemError) -> Void) throws(SystemError) {
        let deadline = Clock.boottimeMilliseconds() + Self.timeout
        while openOutput != nil, Clock.boottimeMilliseconds() < deadline {
            try collect()
            usleep(500)
        }
    }

    /// Whether a FIFO has no collector although its supervisor is gone, too.
    func isOutputAbandoned() throws(SystemError) -> Bool {
        guard try !isLocked(), let (path, _) = openOutput else { return false }
        do throws(SystemError) {
            let fifo = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK)
            return system_try_flock(fifo.number, true) == 0
        } catch {
            guard error.code == ENOENT else { throw error }
            return false
        }
    }

    /// Removes the FIFO of a job with secrets whose log is complete. Its collector has ended, and could not remove it.
    ///
    /// - Returns: false if output may be missing: of a command whose end is not recorded, or of processes that it left.
    func removeEndedMaskedOutput() throws(SystemError) -> Bool {
        guard let exit = try exitRecord(), !exit.isLogIncomplete, exit.leftBehind == 0 else { return false }
        let fifo = try Descriptor(opening: maskedOutput, O_RDONLY | O_NONBLOCK)
        var byte: UInt8 = 0
        // Nothing to read without an error means that the FIFO is empty and has no writer; fifo(7).
        guard system_pending(fifo.number) == 0, read(fifo.number, &byte, 1) == 0 else { return false }
        return unlink(maskedOutput) == 0
    }

    /// Puts bytes behind the output that the job has written so far, and waits until the collector has them in the log.
    ///
    /// - Returns: false if there is no collector, or it does not answer. Then nothing was written, or the bytes are
    ///   still in the FIFO.
    func appendToOutput(_ bytes: [UInt8]) throws(SystemError) -> Bool {
        guard let (path, _) = openOutput else { return false }
        let fifo: Descriptor
        do throws(SystemError) {
            // For reading and writing, because a write to a FIFO without a reader raises SIGPIPE.
            fifo = try Descriptor(opening: path, O_RDWR | O_NONBLOCK)
        } catch {
            guard error.code == ENOENT else { throw error }
            return false
        }
        // The collector holds the lock.
        if system_try_flock(fifo.number, true) == 0 { return false }
        let deadline = Clock.boottimeMilliseconds() + Self.timeout
        // A write of at most PIPE_BUF bytes is atomic; pipe(7).
        while Glibc.write(fifo.number, bytes, bytes.count) < 0 {
            guard errno == EAGAIN || errno == EINTR else { throw SystemError("write", path) }
            guard Clock.boottimeMilliseconds() < deadline else { return false }
            usleep(1000)
        }
        while system_pending(fifo.number) > 0, Clock.boottimeMilliseconds() < deadline { usleep(500) }
        return true
    }
}
