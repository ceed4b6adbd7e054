import CSystem
import Glibc

/// Runs a program to its end and returns its output. Jobs are not run this way.
enum ProgramOutput {
    /// Runs a program.
    ///
    /// - Parameters:
    ///   - argv: The program, which is searched along PATH of `environment`, and its arguments.
    ///   - directory: Its working directory.
    ///   - environment: The complete environment.
    ///   - errors: Path of a file for its standard error. The file is replaced.
    ///   - extra: Path of a file for its descriptor 3; nil for none.
    ///   - seconds: Time limit. After it the program and its children are killed.
    ///   - limit: Maximum length of its output in bytes.
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
            // env(1) enters the directory and searches the program. A new session makes all its processes one group to
            // kill.
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
            if let failure {
                // Processes that are still running would keep the pipe open.
                ChildProcess.kill(pid)
                throw failure
            }
            status = ChildProcess.wait(for: pid)
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

    /// Waits for its end, because a program may close its output and continue.
    private static func awaitEnd(of pid: pid_t, until deadline: Int64, seconds: Int) throws {
        let process = Descriptor(owning: try valueOrErrno("pidfd_open", on: "a program") { system_pidfd_open(pid) })
        while true {
            let left = deadline - Clock.boottimeMilliseconds()
            guard left > 0 else { throw ProgramError.tooSlow(seconds: seconds) }
            let ready = try valueOrErrno("poll", on: "a program") { system_await([process.number], 1, Int32(left)) }
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

/// Why a program gave no usable output.
enum ProgramError: Error, Equatable, CustomStringConvertible {
    /// It exceeded the time limit.
    case tooSlow(seconds: Int)
    /// Its output exceeded the limit, in bytes.
    case tooLong(bytes: Int)
    /// It ended with a status other than 0. `errors` is the end of its standard error.
    case failed(status: String, errors: String)

    var description: String {
        switch self {
        case .tooSlow(let seconds): "it did not end within \(seconds) s."
        case .tooLong(let bytes): "it printed more than \(bytes) bytes."
        case .failed(let status, let errors): "it ended with \(status)\(errors.isEmpty ? "." : ": \(errors)")"
        }
    }
}
