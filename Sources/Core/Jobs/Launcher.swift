import Foundation
import Glibc

/// Starts jobs, each under a supervisor of its own that nothing of ours has to wait for.
package struct Launcher: Sendable {
    private let programs: Programs
    private let storage: Storage
    private let configuration: String
    private let timeout: Int64
    /// What a broker needs to read the configuration and to reach the database as we did, and to start what waits in the
    /// world that we would give it; nothing else of ours.
    private let brokerEnvironment: [String: String]
    /// Begins, in the supervisor's environment, the names of variables that are the broker's and not the command's. An
    /// argument would show PGPASSWORD to everybody on the machine.
    private static let brokerPrefix = "REMOTISAN_BROKER_"

    /// A launcher.
    ///
    /// - Parameters:
    ///   - programs: Where the supervisor and the broker are.
    ///   - storage: Where the files of the jobs go.
    ///   - configuration: The file that the broker reads.
    ///   - timeout: Milliseconds that a start may take. A command's directory or program may be on a file server that
    ///     does not answer, and nobody waits for that with us.
    package init(programs: Programs, storage: Storage, configuration: String, timeout: Int64 = 10_000) {
        self.programs = programs
        self.storage = storage
        self.configuration = configuration
        self.timeout = timeout
        let own = ProcessInfo.processInfo.environment
        let names = Set(ConfigurationReader.environmentVariables + ["PATH", "HOME", "LANG", "TZ"])
        // libpq has some forty variables of its own, all of which begin so.
        brokerEnvironment = own.filter { names.contains($0.key) || $0.key.hasPrefix("PG") }
    }

    /// Starts a job and returns as soon as its command runs.
    ///
    /// - Parameters:
    ///   - uuid: The job.
    ///   - command: What to run.
    ///   - invocation: What of it, exactly.
    ///   - lock: The job's lock; the supervisor inherits it, so that it is never free in between.
    /// - Throws: ``LaunchError`` if the command does not run.
    func start(_ uuid: JobUUID, _ command: Command, _ invocation: Invocation, lock: borrowing Descriptor)
        throws(LaunchError)
    {
        let files = JobFiles(uuid, in: storage)
        var options = [
            "remotisan-job", "-u", uuid.description, "-C", command.directory, "-l", files.log, "-p", files.pid,
            "-x", files.exit, "-k", files.kill, "-w", storage.runLock, "-b", programs.broker, "-c", configuration,
        ]
        if command.options.remainingProcesses == .kill {
            options += ["-g", String(command.options.kill.graceMilliseconds / 1000)]
        }
        if !invocation.secrets.isEmpty { options.append("-s") }
        options += ["--"] + invocation.argv
        let report: String?
        do {
            var environment = JobEnvironment.make(for: uuid, configured: command.environment)
            for (name, value) in brokerEnvironment { environment[Self.brokerPrefix + name] = value }
            report =
                invocation.secrets.isEmpty
                ? try run(options, environment: environment, [lock.number])
                : try PrivateFile.with(PrivateRecords(invocation).bytes) { records throws in
                    try PrivateFile.with(invocation.input.map { $0.line } ?? []) { input throws in
                        try run(options, environment: environment, [lock.number, records.number, input.number])
                    }
                }
        } catch let error as SystemError {
            // Without what it was about: the person who reads this need not know where our programs are.
            throw LaunchError(description: "The supervisor could not be started: \(SystemError.text(of: error.code)).")
        } catch {
            throw LaunchError(description: "The supervisor could not be started.")
        }
        guard let report else {
            throw LaunchError(description: "'\(command.name)' has not begun to run yet.", isCertain: false)
        }
        try interpret(report, command)
    }

    /// Runs the supervisor, with these descriptors from 3 on, and returns what it reports; nil if it does not in time.
    private func run(_ arguments: [String], environment: [String: String], _ descriptors: [Int32]) throws -> String? {
        let deadline = Clock.boottimeMilliseconds() + timeout
        var report: [UInt8]?
        try Descriptor.pipe { reading, writing in
            let null = try Descriptor(opening: "/dev/null", O_RDWR)
            let pid = try ChildProcess.spawn(
                programs.job, arguments: arguments, environment: environment,
                descriptors: [null.number, writing.number, null.number] + descriptors)
            // Only the first process has the other end now: this ends when it has reported and left.
            _ = consume writing
            defer { report == nil ? Self.reap(pid) : ChildProcess.wait(for: pid) }
            report = try reading.readToEnd(of: "the supervisor's report", before: deadline)
        }
        return report.map { String(decoding: $0, as: UTF8.self) }
    }

    private func interpret(_ report: String, _ command: Command) throws(LaunchError) {
        let words = report.split(whereSeparator: \.isWhitespace)
        if words.first == "started" { return }
        guard words.count == 3, words[0] == "failed", let code = Int32(words[2]) else {
            throw LaunchError(description: "The supervisor ended without a report.", isCertain: false)
        }
        let why = SystemError.text(of: code)
        // Without the program's path and the directory: this is for whoever asked. `check` names both.
        switch words[1] {
        case "exec": throw LaunchError(description: "The program of '\(command.name)' could not be started: \(why).")
        case "directory":
            throw LaunchError(description: "The directory of '\(command.name)' could not be entered: \(why).")
        default: throw LaunchError(description: "The job could not be started (\(words[1])): \(why).")
        }
    }

    /// Starts a pass of the broker at once, in a session of its own, so that nobody waits for cron's minute.
    func startBrokerPass() throws(SystemError) {
        try startBroker(["watch", "--for", "0"])
    }

    /// Has the consoles asked for their commands, in a process of its own.
    package func startRefresh() throws(SystemError) {
        try startBroker(["refresh", "--if-needed"])
    }

    private func startBroker(_ arguments: [String]) throws(SystemError) {
        let null = try Descriptor(opening: "/dev/null", O_RDWR)
        let pid = try ChildProcess.spawn(
            programs.broker, arguments: ["remotisan-broker"] + arguments + ["--config", configuration],
            environment: brokerEnvironment, descriptors: [null.number, null.number, null.number], session: true)
        Self.reap(pid)
    }

    /// Waits for a child without holding anybody up. In a CGI program init does it, because we end first.
    private static func reap(_ pid: pid_t) {
        Thread.detachNewThread { ChildProcess.wait(for: pid) }
    }
}

/// Why a job could not be started.
package struct LaunchError: Error, Equatable, CustomStringConvertible {
    /// The step that failed, in words for the person who started it.
    package let description: String
    /// Whether it is known that the command does not run. The first process may have been killed before it could
    /// report what the supervisor told it, or the start takes longer than we wait.
    package var isCertain = true
}
