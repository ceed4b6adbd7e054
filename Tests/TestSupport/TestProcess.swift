import Foundation
import Glibc
import Synchronization

@testable import Core

/// A program that a test runs, used like Foundation's `Process`.
///
/// Foundation's passes descriptors that another thread opens at the same moment on to the program. A server that was
/// started while another program started held that one's pipes open, and its test waited until the server ended. This
/// one passes on nothing but the descriptors 0 to 2.
///
/// Set the properties on one thread, before ``run()``.
package final class TestProcess: @unchecked Sendable {
    /// The program.
    package var executableURL: URL?
    package var arguments: [String] = []
    /// The complete environment; nil for that of this process.
    package var environment: [String: String]?
    package var currentDirectoryURL: URL?
    /// Its descriptors. A pipe is closed here on the program's side when the program has started.
    package var standardInput: any ProgramStream = FileHandle.nullDevice
    package var standardOutput: any ProgramStream = FileHandle.standardOutput
    package var standardError: any ProgramStream = FileHandle.standardError

    private enum State {
        case new
        case running(pid_t)
        case ended(pid_t, status: Int32)
    }
    private let state = Mutex(State.new)

    package init() {}

    /// Runs the program to its end, and returns its standard output and standard error.
    package func runToEnd() throws -> String {
        let output = Pipe()
        standardOutput = output
        standardError = output
        try run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        waitUntilExit()
        return text
    }

    /// Starts the program.
    package func run() throws {
        guard let program = executableURL?.path else { throw CocoaError(.fileNoSuchFile) }
        let null = try Descriptor(opening: "/dev/null", O_RDWR)
        let numbers = [standardInput.reading, standardOutput.writing, standardError.writing].map(\.fileDescriptor)
        // The null device of Foundation has no descriptor.
        let descriptors = numbers.map { $0 < 0 ? null.rawValue : $0 }
        let environment = environment ?? ProcessInfo.processInfo.environment
        var command = [program] + arguments
        if let directory = currentDirectoryURL?.path { command = ["/usr/bin/env", "--chdir", directory] + command }
        let pid = try ChildProcess.spawn(
            command[0], arguments: command, environment: environment, descriptors: descriptors)
        state.withLock { $0 = .running(pid) }
        if let pipe = standardInput as? Pipe { try pipe.fileHandleForReading.close() }
        for case let pipe as Pipe in [standardOutput, standardError] { try? pipe.fileHandleForWriting.close() }
    }

    /// Its pid, which no other process gets before this object has waited for it; 0 before the start.
    package var processIdentifier: pid_t {
        state.withLock { state in
            switch state {
            case .new: 0
            case .running(let pid), .ended(let pid, _): pid
            }
        }
    }

    package var isRunning: Bool {
        state.withLock { state in
            guard case .running(let pid) = state else { return false }
            var status: Int32 = 0
            guard waitpid(pid, &status, WNOHANG) == pid else { return true }
            state = .ended(pid, status: status)
            return false
        }
    }

    /// Blocks until it has ended.
    package func waitUntilExit() {
        guard isRunning else { return }
        var end = siginfo_t()
        // It stays a zombie here, and keeps its pid, so that the lock is not held while it runs.
        while waitid(P_PID, id_t(processIdentifier), &end, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        _ = isRunning
    }

    /// Its exit code, or the number of the signal that ended it; -1 before its end.
    package var terminationStatus: Int32 {
        guard !isRunning, case .ended(_, let status) = state.withLock({ $0 }) else { return -1 }
        return status & 0x7F == 0 ? status >> 8 & 0xFF : status & 0x7F
    }
}

/// What a descriptor of a program is connected to.
package protocol ProgramStream {
    /// The program's side if the program reads.
    var reading: FileHandle { get }
    /// The program's side if the program writes.
    var writing: FileHandle { get }
}

extension FileHandle: ProgramStream {
    package var reading: FileHandle { self }
    package var writing: FileHandle { self }
}

extension Pipe: ProgramStream {
    package var reading: FileHandle { fileHandleForReading }
    package var writing: FileHandle { fileHandleForWriting }
}
