import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Core

/// A process that a test has started. Its pid stays valid until the test has waited for it.
final class SpawnedProcess: Sendable {
    let pid: pid_t
    private let status = Mutex<Int32?>(nil)

    /// How a process ended.
    enum Ending: Equatable {
        case code(Int32)
        case signal(Int32)
    }

    /// Starts a program with its own output files.
    ///
    /// - Parameters:
    ///   - command: Absolute path of the program, and its arguments.
    ///   - environment: The complete environment.
    ///   - input: Its descriptor 0; nil for /dev/null.
    ///   - output: File for standard output.
    ///   - errors: File for standard error; nil for that of standard output.
    init(
        _ command: [String], environment: [String: String] = [:], input: borrowing Descriptor? = nil, output: String,
        errors: String? = nil
    ) throws {
        let flags = O_WRONLY | O_CREAT | O_APPEND
        let out = try Descriptor(opening: output, flags, mode: 0o644)
        let err = try Descriptor(opening: errors ?? output, flags, mode: 0o644)
        let null = try Descriptor(opening: "/dev/null", O_RDWR)
        var descriptors = [null.rawValue, out.rawValue, err.rawValue]
        if let number = Self.number(of: input) { descriptors[0] = number }
        let environment = environment.merging(["PATH": JobEnvironment.defaultPath]) { own, _ in own }
        pid = try ChildProcess.spawn(
            try #require(command.first), arguments: command, environment: environment, descriptors: descriptors,
            session: true)
    }

    private static func number(of descriptor: borrowing Descriptor?) -> Int32? {
        switch descriptor {
        case .some(let descriptor): descriptor.rawValue
        case .none: nil
        }
    }

    /// How it ended; nil while it runs.
    var ending: Ending? {
        status.withLock { status in
            if status == nil {
                var now: Int32 = 0
                if waitpid(pid, &now, WNOHANG) == pid { status = now }
            }
            return status.map { $0 & 0x7F == 0 ? .code($0 >> 8 & 0xFF) : .signal($0 & 0x7F) }
        }
    }

    /// Sends a signal if the process is running. An ended process keeps its pid until it was waited for.
    func signal(_ number: Int32) {
        status.withLock { if $0 == nil { kill(pid, number) } }
    }

    /// Waits for its end.
    func ended(limit: Duration = .seconds(30)) async throws -> Ending {
        try await waitFor("the end of process \(pid)", limit: limit) { ending }
    }

    /// Ends it with SIGTERM, and then with SIGKILL.
    func stop() async {
        signal(SIGTERM)
        if (try? await ended(limit: .seconds(10))) != nil { return }
        signal(SIGKILL)
        _ = try? await ended(limit: .seconds(10))
    }
}
