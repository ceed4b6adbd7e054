import CSystem
import Foundation
import Glibc

/// Why a job could not be started.
package struct LaunchError: Error, Equatable, CustomStringConvertible {
    /// The step that failed, in words for the person who started the command.
    package let description: String
    /// Whether it is certain that the command does not run. It is not if the start exceeds the timeout, or if the
    /// supervisor was killed before it wrote its report.
    package var isCertain = true
    /// Whether the same start may succeed a moment later, because the system was out of descriptors or processes.
    package var isTemporary = false
}

/// Starts jobs. Each has its own supervisor, and no other process has to wait for it.
package struct Launcher: Sendable {
    private let programs: Programs
    private let storage: Storage
    private let configuration: String
    private let timeout: Int64
    /// Maximum disk space of a log in bytes; nil for no limit.
    private let maxLogBytes: Int64?
    /// The variables that a broker needs to read the configuration, to reach the database, and to start queued
    /// executions with the same environment as this process would. It gets no others.
    private let brokerEnvironment: [String: String]
    private let starter: BrokerStarter
    private let groups: String?
    /// What `isolation: landlock` keeps from a command.
    private let protected: [String]
    /// Reads the report of a supervisor until a time of the boot clock; nil if there is none by then.
    private let readReport: @Sendable (borrowing Descriptor, Int64) throws(SystemError) -> [UInt8]?
    /// Prefix of variables in the supervisor's environment that are for the broker and not for the command. They are
    /// not arguments, because every user of the machine could then read them.
    private static let brokerPrefix = "REMOTISAN_BROKER_"
    /// Variables of libpq whose values are passwords.
    package static let passwords: Set<String> = ["PGPASSWORD", "PGSSLPASSWORD"]

    /// Creates a launcher.
    ///
    /// - Parameters:
    ///   - programs: The paths of the supervisor and the broker.
    ///   - storage: The directory for the files of the jobs.
    ///   - configuration: Path of the configuration for the broker.
    ///   - maxLogBytes: Maximum disk space of a log in bytes; nil for no limit.
    ///   - secretFiles: Files that `isolation: landlock` keeps from a command, beside those of the instance.
    ///   - timeout: Milliseconds that a start may take. A limit is needed because a command's directory or program may
    ///     be on a file server that does not answer.
    package init(
        programs: Programs, storage: Storage, configuration: String, maxLogBytes: Int64? = nil,
        secretFiles: [String] = [], timeout: Int64 = 10_000
    ) {
        self.init(
            programs: programs, storage: storage, configuration: configuration, maxLogBytes: maxLogBytes,
            secretFiles: secretFiles, timeout: timeout, groups: ControlGroup.delegated)
    }

    /// - Parameter groups: The control group in which each job gets one; nil for none.
    init(
        programs: Programs, storage: Storage, configuration: String, maxLogBytes: Int64? = nil,
        secretFiles: [String] = [], timeout: Int64 = 10_000, groups: String?,
        readReport: @escaping @Sendable (borrowing Descriptor, Int64) throws(SystemError) -> [UInt8]? = {
            descriptor, deadline throws(SystemError) in
            try descriptor.readToEnd(of: "the supervisor's report", before: deadline)
        }
    ) {
        self.readReport = readReport
        self.groups = groups
        protected = ProtectedPaths.all([storage.directory, storage.logs, configuration] + secretFiles)
        self.programs = programs
        self.storage = storage
        self.configuration = configuration
        self.timeout = timeout
        self.maxLogBytes = maxLogBytes
        let own = ProcessInfo.processInfo.environment
        let names = Set(ConfigurationReader.environmentVariables + ["PATH", "HOME", "LANG", "TZ"])
        // All of the about forty variables of libpq begin with PG. A password is not passed on, because other processes
        // of the user can read the environment of a program at its start.
        let environment = own.filter {
            names.contains($0.key) || $0.key.hasPrefix("PG") && !Self.passwords.contains($0.key)
        }
        .merging([ConfigurationSource.storageVariable: storage.directory]) { _, own in own }
        brokerEnvironment = environment
        starter = BrokerStarter(storage) { () throws(SystemError) in
            try Self.startBroker(
                ["watch", "--for", "0", "--config", configuration], programs.broker, environment: environment)
        }
    }

    /// Starts a job and returns as soon as its command runs.
    ///
    /// - Parameters:
    ///   - uuid: The job.
    ///   - command: The command.
    ///   - invocation: The command's arguments, input and secrets.
    ///   - lock: The job's lock. The supervisor inherits it, so that it is never free in between.
    /// - Throws: ``LaunchError`` if the command does not run, or does not run within the timeout.
    func start(_ uuid: JobUUID, _ command: Command, with invocation: Invocation, lock: borrowing Descriptor)
        throws(LaunchError)
    {
        let files = JobFiles(uuid, in: storage)
        var options = [
            "remotisan-job", "-u", uuid.description, "-C", command.directory, "-l", files.log, "-t", files.times,
            "-m", String(maxLogBytes ?? 0), "-p", files.pid,
            "-x", files.exit, "-k", files.kill, "-w", storage.runLock, "-W", storage.settleLock, "-b", programs.broker,
            "-c", configuration,
        ]
        if command.options.remainingProcesses == .kill {
            options += ["-g", String(command.options.kill.graceMilliseconds / 1000)]
        }
        let process = command.options.process
        options += process.arguments
        if let terminal = process.terminal {
            options += ["-T", "\(terminal.columns)x\(terminal.rows)"]
        } else {
            options += invocation.secrets.isEmpty ? Self.output(of: files) : ["-o", files.maskedOutput]
        }
        switch command.options.isolation {
        case .none: break
        case .user(let user): options += ["-r", user, "-a", programs.asUser]
        case .landlock: options += protected.flatMap { ["-X", $0] } + ["-A", files.uploads]
        }
        if let groups { options += ["-G", ControlGroup(of: uuid, in: groups).path] }
        if !invocation.secrets.isEmpty { options.append("-s") }
        options += ["--"] + invocation.argv
        let report: String?
        do {
            var environment = JobEnvironment.make(
                for: uuid, configured: command.environment, process: process, as: command.options.isolation.user)
            for (name, value) in brokerEnvironment { environment[Self.brokerPrefix + name] = value }
            report =
                invocation.secrets.isEmpty
                ? try run(options, environment: environment, [lock.number])
                : try PrivateFile.with(PrivateRecords(invocation, in: command.options.encoding).bytes) {
                    records throws in
                    try PrivateFile.withPipe(invocation.input.map { $0.line } ?? []) { input throws in
                        try run(options, environment: environment, [lock.number, records.number, input.number])
                    }
                }
        } catch let error as SystemError {
            // Without the path, because people who run commands need not know where the programs are.
            throw LaunchError(
                description: "The supervisor could not be started: \(SystemError.text(of: error.code)).",
                isTemporary: error.isTemporary)
        } catch {
            throw LaunchError(description: "The supervisor could not be started.")
        }
        guard let report else {
            throw LaunchError(description: "'\(command.name)' has not begun to run yet.", isCertain: false)
        }
        try interpret(report, command)
    }

    /// Runs the supervisor with these descriptors from 3 on. Returns its report, or nil after the timeout.
    private func run(_ arguments: [String], environment: [String: String], _ descriptors: [Int32]) throws -> String? {
        let deadline = Clock.boottimeMilliseconds() + timeout
        var report: [UInt8]?
        try Descriptor.pipe { reading, writing in
            let null = try Descriptor(opening: "/dev/null", O_RDWR)
            let pid = try ChildProcess.spawn(
                programs.job, arguments: arguments, environment: environment,
                descriptors: [null.number, writing.number, null.number] + descriptors)
            // Now only remotisan-job holds the other end, so the read ends after the report.
            _ = consume writing
            defer { if report == nil { ChildProcess.leave(pid) } else { ChildProcess.wait(for: pid) } }
            // Nothing is certain after the start, so a failure to read is the same as no report.
            report = try? readReport(reading, deadline)
        }
        return report.map { String(decoding: $0, as: UTF8.self) }
    }

    private func interpret(_ report: String, _ command: Command) throws(LaunchError) {
        let words = report.split(whereSeparator: \.isWhitespace)
        if words.first == "started" { return }
        guard words.count == 3, words[0] == "failed", let number = start_stage.RawValue(words[1]),
            let code = Int32(words[2])
        else {
            throw LaunchError(description: "The supervisor ended without a report.", isCertain: false)
        }
        let why = SystemError.text(of: code)
        // Without the paths of the program and the directory, because these are for administrators: `check` names both.
        let stage = start_stage(rawValue: number)
        switch stage {
        case START_STAGE_EXEC:
            throw LaunchError(description: "The program of '\(command.name)' could not be started: \(why).")
        case START_STAGE_DIRECTORY:
            throw LaunchError(description: "The directory of '\(command.name)' could not be entered: \(why).")
        case START_STAGE_USER:
            throw LaunchError(
                description: "'\(command.name)' could not be started as its user (run_as): \(why). Run doctor.")
        case START_STAGE_ISOLATION:
            throw LaunchError(
                description: "'\(command.name)' could not be started, because it needs Landlock (isolation): \(why).")
        case START_STAGE_ENVIRONMENT:
            throw LaunchError(
                description: "'\(command.name)' could not be started, because one of its variables is not allowed.")
        default:
            let step = String(cString: start_stage_name(stage))
            throw LaunchError(
                description: "The job could not be started (\(step)): \(why).",
                isTemporary: SystemError(step, "", code: code).isTemporary)
        }
    }

    /// The options for the output of a job without secrets.
    private static func output(of files: JobFiles) -> [String] { ["-o", files.output, "-h", files.heldOutput] }

    /// Starts a collector for a job whose supervisor and collector were ended. It does nothing if the job has one.
    func startCollector(of files: JobFiles) throws(SystemError) {
        guard let (path, isMasked) = files.openOutput else { return }
        if isMasked, try files.removeEndedMaskedOutput() { return }
        let null = try Descriptor(opening: "/dev/null", O_RDWR)
        let pid = try ChildProcess.spawn(
            programs.job,
            arguments: [
                "remotisan-job", "--collect", "-l", files.log, "-t", files.times, "-m", String(maxLogBytes ?? 0),
            ] + (isMasked ? ["-o", path, "-s"] : Self.output(of: files)), environment: [:],
            descriptors: [null.number, null.number, null.number])
        ChildProcess.wait(for: pid)
    }

    /// Starts one broker pass now, in its own session, so that work does not wait for cron. Does nothing if a broker on
    /// watch, or one that is starting, sees the work.
    func startBrokerPass() throws(SystemError) {
        try starter.wake()
    }

    /// Starts a broker that asks the consoles for their commands, in its own session.
    package func startRefresh() throws(SystemError) {
        // A CGI program ends before its child. Then init waits for the child.
        ChildProcess.leave(
            try Self.startBroker(
                ["refresh", "--if-needed", "--config", configuration], programs.broker,
                environment: brokerEnvironment))
    }

    private static func startBroker(
        _ arguments: [String], _ program: String, environment: [String: String]
    ) throws(SystemError) -> pid_t {
        let null = try Descriptor(opening: "/dev/null", O_RDWR)
        return try ChildProcess.spawn(
            program, arguments: ["remotisan-broker"] + arguments,
            environment: environment, descriptors: [null.number, null.number, null.number], session: true)
    }

}
