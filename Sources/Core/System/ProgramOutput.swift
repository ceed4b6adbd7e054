import CSystem
import Glibc

/// Runs a program to its end and keeps what it prints: for programs that answer us, not for jobs.
enum ProgramOutput {
    /// What a program printed.
    ///
    /// - Parameters:
    ///   - argv: The program, looked for along PATH of `environment`, and its arguments.
    ///   - directory: Its working directory.
    ///   - environment: All of its environment.
    ///   - errors: A file of ours for its standard error; made anew.
    ///   - extra: A file of ours for its descriptor 3, if there shall be one.
    ///   - seconds: It and what it started are killed after so many.
    ///   - limit: Bytes of its output at the most.
    /// - Throws: ``ProgramError``, ``SystemError``.
    static func run(
        _ argv: [String], in directory: String, environment: [String: String], errors: String, extra: String? = nil,
        seconds: Int, limit: Int
    ) throws -> String {
        let null = try Descriptor(opening: "/dev/null", O_RDWR)
        let errorFile = try Descriptor(opening: errors, O_RDWR | O_CREAT | O_TRUNC)
        var output: [UInt8] = []
        var status: Int32 = 0
        try Descriptor.pipe { reading, writing in
            var descriptors = [null.number, writing.number, errorFile.number]
            var extraFile: Int32 = -1
            if let extra { extraFile = try Descriptor(opening: extra, O_RDWR | O_CREAT | O_TRUNC).release() }
            defer { if extraFile >= 0 { close(extraFile) } }
            if extraFile >= 0 { descriptors.append(extraFile) }
            // env(1) enters the directory and looks for the program; a session makes all of it one group to kill.
            let pid = try ChildProcess.spawn(
                "/usr/bin/env", arguments: ["env", "-C", directory, "--"] + argv, environment: environment,
                descriptors: descriptors, session: true)
            _ = consume writing
            var failure: (any Error)?
            do {
                let deadline = Clock.boottimeMilliseconds() + Int64(seconds) * 1000
                output = try read(reading, until: deadline, seconds: seconds, limit: limit)
                try awaitEnd(of: pid, until: deadline, seconds: seconds)
            } catch {
                failure = error
            }
            // Whatever it left running would keep our pipe, or wait for us.
            if failure != nil { kill(-pid, SIGKILL) }
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            if let failure { throw failure }
        }
        guard status == 0 else {
            let how = status & 0x7F == 0 ? "exit code \(status >> 8 & 0xFF)" : "signal \(status & 0x7F)"
            let size = try errorFile.status(of: errors).size
            let tail = try errorFile.read(400, at: max(0, size - 400), of: errors)
            throw ProgramError.failed(
                status: how, errors: String(decoding: tail, as: UTF8.self).trimmingWhitespace.sanitized)
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// It may have closed its output and go on.
    private static func awaitEnd(of pid: pid_t, until deadline: Int64, seconds: Int) throws {
        let process = Descriptor(owning: try valueOrErrno("pidfd_open", "a program") { system_pidfd_open(pid) })
        while true {
            let left = deadline - Clock.boottimeMilliseconds()
            guard left > 0 else { throw ProgramError.tooSlow(seconds: seconds) }
            let ready = try valueOrErrno("poll", "a program") { system_await([process.number], 1, Int32(left)) }
            if ready != 0 { return }
        }
    }

    private static func read(
        _ pipe: borrowing Descriptor, until deadline: Int64, seconds: Int, limit: Int
    ) throws -> [UInt8] {
        guard let output = try pipe.readToEnd(of: "a program's output", before: deadline, limit: limit) else {
            throw ProgramError.tooSlow(seconds: seconds)
        }
        guard output.count <= limit else { throw ProgramError.tooLong(bytes: limit) }
        return output
    }
}

/// Why there is no answer.
enum ProgramError: Error, Equatable, CustomStringConvertible {
    /// It did not end in so many seconds.
    case tooSlow(seconds: Int)
    /// It printed more than so many bytes.
    case tooLong(bytes: Int)
    /// It ended with another status than 0; with the end of what it wrote to standard error.
    case failed(status: String, errors: String)

    var description: String {
        switch self {
        case .tooSlow(let seconds): "it did not end within \(seconds) s."
        case .tooLong(let bytes): "it printed more than \(bytes) bytes."
        case .failed(let status, let errors): "it ended with \(status)\(errors.isEmpty ? "." : ": \(errors)")"
        }
    }
}
