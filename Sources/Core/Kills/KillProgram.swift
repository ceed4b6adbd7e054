import CSystem
import Foundation
import Glibc
import Synchronization

/// The program of `kill.run`: it ends the work of a job that our signals do not reach.
struct KillProgram: Sendable, Equatable {
    /// The program and its arguments, in which `{pid}` and `{uuid}` stand for the job.
    let run: [String]
    let directory: String
    /// Variables that the configuration adds to the environment of the job.
    let environment: [String: String]
    /// Milliseconds that it may take: the grace, but at least 10 s.
    let timeout: Int64
    /// Whether its output is discarded. Otherwise it goes to the log of the job. A command with secrets has a log from
    /// which they are removed, and this program might show the environment of the job.
    let isSilent: Bool

    /// The program of a command; nil if it has none.
    init?(_ command: Command) {
        let plan = command.options.kill
        guard !plan.program.isEmpty else { return nil }
        run = plan.program
        directory = command.directory
        environment = command.environment
        timeout = max(plan.graceMilliseconds, 10_000)
        isSilent = !command.definition.secrets.isEmpty
    }

    /// The words that are executed for a job.
    ///
    /// - Parameter pid: The pid of the command.
    func arguments(for uuid: JobUUID, pid: pid_t) -> [String] {
        run.map { $0.replacing("{pid}", with: "\(pid)").replacing("{uuid}", with: "\(uuid)") }
    }

    /// How the program ended.
    enum Outcome: Sendable, Equatable, CustomStringConvertible {
        case exited(Int32)
        case signalled(Int32)
        /// It was killed after its time limit, in milliseconds.
        case tooSlow(Int64)
        /// It could not be started.
        case notStarted(String)
        /// Too many other programs were running, so it was not started within its time limit.
        case notInTime

        var isSuccess: Bool { self == .exited(0) }

        var description: String {
            switch self {
            case .exited(let code): "exit code \(code)"
            case .signalled(let number): "ended by signal \(Signal.name(of: Int(number)))"
            case .tooSlow(let milliseconds): "killed, because it did not end within \(milliseconds / 1000) s"
            case .notStarted(let reason): "could not be started: \(reason)"
            case .notInTime: "not started, because too many others were running"
            }
        }
    }

    /// Runs the program to its end or its time limit. Blocks.
    func execute(for files: JobFiles, pid: pid_t) -> Outcome {
        do {
            let null = try Descriptor(opening: "/dev/null", O_RDWR)
            var outcome = Outcome.notInTime
            try Descriptor.pipe { reading, writing in
                let log =
                    isSilent
                    ? try Descriptor(opening: "/dev/null", O_WRONLY)
                    : try Descriptor.opening(replaceable: files.log, O_WRONLY | O_APPEND, owner: files.owner)
                // Without the job's UUID, because every process with it in its environment counts as one of the job.
                // env(1) enters the directory and searches the program.
                let child = try ChildProcess.spawn(
                    "/usr/bin/env", arguments: ["env", "-C", directory, "--"] + arguments(for: files.uuid, pid: pid),
                    environment: JobEnvironment.make(configured: environment),
                    descriptors: [null.number, writing.number, writing.number], session: true)
                _ = consume writing
                outcome = wait(for: child, KillProgramOutput(from: reading, to: log))
            }
            return outcome
        } catch {
            return .notStarted((error as? SystemError).map { SystemError.text(of: $0.code) } ?? "\(error)")
        }
    }

    private func wait(for child: pid_t, _ output: consuming KillProgramOutput) -> Outcome {
        let deadline = Clock.boottimeMilliseconds() + timeout
        let opened = system_pidfd_open(child)
        guard opened >= 0 else { return Self.outcome(ChildProcess.wait(for: child)) }
        let pidfd = Descriptor(owning: opened)
        guard output.copy(until: pidfd, before: deadline) else {
            ChildProcess.kill(child)
            return .tooSlow(timeout)
        }
        return Self.outcome(ChildProcess.wait(for: child))
    }

    private static func outcome(_ status: Int32) -> Outcome {
        status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .signalled(status & 0x7F)
    }
}

/// One execution of a ``KillProgram``.
final class KillProgramRun: Sendable {
    private let result = Mutex<KillProgram.Outcome?>(nil)
    private let deadline: Int64

    /// - Parameter deadline: When the kill goes on without it, in milliseconds of the boot clock.
    init(deadline: Int64) {
        self.deadline = deadline
    }

    /// How it ended; nil while it runs or waits.
    var outcome: KillProgram.Outcome? {
        if let outcome = result.withLock({ $0 }) { return outcome }
        return Clock.boottimeMilliseconds() < deadline ? nil : .notInTime
    }

    func end(_ outcome: KillProgram.Outcome) { result.withLock { $0 = outcome } }
}

/// Runs kill programs, each on a thread of its own, so that no kill waits for the program of another one.
final class KillProgramRunner: Sendable {
    private struct State {
        var running = 0
        var waiting: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    /// Programs at the same time. Each of a thousand kills may start a program of many megabytes.
    private let limit: Int

    init(limit: Int = 32) {
        self.limit = limit
    }

    /// Runs a program for a job, now or when another one has ended.
    ///
    /// - Parameter pid: The pid of the command.
    func run(_ program: KillProgram, of files: JobFiles, pid: pid_t) -> KillProgramRun {
        // Twice the limit of one program: it may have to wait until another one has ended.
        let run = KillProgramRun(deadline: Clock.boottimeMilliseconds() + 2 * program.timeout)
        let work: @Sendable () -> Void = {
            if run.outcome == nil { run.end(program.execute(for: files, pid: pid)) }
        }
        let isFree = state.withLock { state in
            guard state.running < limit else {
                state.waiting.append(work)
                return false
            }
            state.running += 1
            return true
        }
        guard isFree else { return run }
        do throws(SystemError) {
            try Threads.start { self.work(work) }
        } catch {
            // Others may wait for a thread to become free, and no thread may be left that takes them.
            state.withLock { $0.running -= 1 }
            run.end(.notStarted(SystemError.text(of: error.code)))
        }
        return run
    }

    private func work(_ first: @Sendable () -> Void) {
        first()
        while let next = state.withLock({ state -> (@Sendable () -> Void)? in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }) {
            next()
        }
    }
}
