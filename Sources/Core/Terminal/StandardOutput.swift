import CSystem
import Glibc

/// Standard output of a command-line program, with the buffer that `print` uses.
package enum StandardOutput {
    /// Writes a text.
    package static func write(_ text: String) throws(OutputError) {
        try write(Array(text.utf8))
    }

    /// Writes bytes.
    package static func write(_ bytes: [UInt8]) throws(OutputError) {
        guard system_write_output(bytes, bytes.count) == 0 else { throw OutputError(code: errno) }
    }

    /// Writes what is buffered, so that a reader gets it now.
    package static func flush() throws(OutputError) {
        guard system_flush_output() == 0 else { throw OutputError(code: errno) }
    }

    /// Prepares the end of this process: what `print` could not write is reported on standard error, and the exit code
    /// is `EX_IOERR`. Without it, a full disk would go unnoticed. It also waits for the ``Pager``.
    package static func checkAtExit() {
        atexit {
            do throws(OutputError) {
                try StandardOutput.flush()
                Pager.finish()
            } catch {
                Pager.finish()
                if let text = error.report { StandardError.report(text, of: CommandLine.programName) }
                _exit(OutputError.exitCode)
            }
        }
    }

    /// Keeps the descriptors 0 to 2 from being given to other files, if the caller has closed them. Reading finds
    /// nothing, and writing fails.
    package static func occupyClosed() {
        for (number, flags) in [(STDIN_FILENO, O_RDONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY)]
        where fcntl(number, F_GETFD) < 0 {
            _ = Glibc.open("/dev/null", flags)
        }
    }
}

/// Standard output takes no more.
package struct OutputError: Error, Equatable {
    /// The value of errno.
    package let code: Int32

    /// The exit code of a program whose output is incomplete (sysexits.h).
    package static let exitCode = EX_IOERR

    /// A sentence for the administrator; nil if nobody reads the output any more, as in `history | head -1`.
    package var report: String? {
        code == EPIPE ? nil : "Standard output cannot be written: \(SystemError.text(of: code))."
    }
}

extension CommandLine {
    /// The name of the program, without directories.
    fileprivate static var programName: String {
        let name = unsafeArgv[0].map { String(cString: $0) } ?? ""
        return name.split(separator: "/").last.map(String.init) ?? name
    }
}
