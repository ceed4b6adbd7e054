/// The surroundings of a command's process: its terminal, umask, priority and limits, and which exit codes mean
/// success.
package struct ProcessOptions: Sendable, Equatable {
    /// The size of its terminal in cells; nil for none.
    package var terminal: TerminalSize?
    /// Permissions that its new files do not get, umask(2).
    package var umask: UInt32
    /// Added to its nice value, nice(2). A greater value means a lower priority.
    package var nice: Int
    /// Limits of setrlimit(2), by the words of ``Limit``.
    package var limits: [Limit: Int64]
    /// Exit codes with which an execution is COMPLETED.
    package var successExitCodes: Set<Int>

    /// The size of a terminal in cells.
    package struct TerminalSize: Sendable, Equatable {
        package let columns: Int
        package let rows: Int
    }

    /// A limit of setrlimit(2). `remotisan-job` knows the same words.
    package enum Limit: String, Sendable, CaseIterable {
        /// Highest number of open descriptors (RLIMIT_NOFILE).
        case openFiles = "open_files"
        /// Address space of each process in bytes (RLIMIT_AS).
        case memory
        /// Processes and threads of the user (RLIMIT_NPROC).
        case processes
        /// CPU time of each process in seconds (RLIMIT_CPU).
        case cpuSeconds = "cpu_seconds"
        /// Size of a file that a process writes, in bytes (RLIMIT_FSIZE). The log is not limited by it.
        case fileSize = "file_size"
    }

    package init(
        terminal: TerminalSize? = nil, umask: UInt32 = 0o027, nice: Int = 0, limits: [Limit: Int64] = [:],
        successExitCodes: Set<Int> = [0]
    ) {
        self.terminal = terminal
        self.umask = umask
        self.nice = nice
        self.limits = limits
        self.successExitCodes = successExitCodes
    }

    /// Variables for the job. A program on a terminal may use colours, and one without should not.
    ///
    /// Python keeps its output in a buffer if there is no terminal. Without PYTHONUNBUFFERED, a page would show its
    /// lines minutes later.
    var environment: [String: String] {
        ["TERM": terminal == nil ? "dumb" : "xterm-256color", "PYTHONUNBUFFERED": "1"]
    }

    /// The options of `remotisan-job`.
    var arguments: [String] {
        let limits = limits.sorted { $0.key.rawValue < $1.key.rawValue }.flatMap {
            ["-L", "\($0.key.rawValue)=\($0.value)"]
        }
        return ["-U", String(umask, radix: 8), "-N", String(nice)] + limits
            + ["-e", successExitCodes.sorted().map(String.init).joined(separator: ",")]
    }
}

extension ProcessOptions {
    /// Reads the options of a command.
    init(_ section: ConfigurationSection) {
        self.init()
        let columns = section.integer("columns", in: 1...1000)
        let rows = section.integer("rows", in: 1...1000)
        if section.bool("terminal") ?? false {
            terminal = TerminalSize(columns: columns ?? 120, rows: rows ?? 40)
        } else {
            for key in ["columns", "rows"] where section.has(key) {
                section.problem("has no effect without terminal: true. Add it, or remove this.", at: key)
            }
        }
        if let text = section.string("umask") {
            if let value = UInt32(text, radix: 8), value <= 0o777 {
                umask = value
            } else {
                section.problem("expected permissions in octal digits, such as \"027\".", at: "umask")
            }
        }
        nice = section.integer("nice", in: 0...19) ?? 0
        let limits = section.section("limits")
        for limit in Limit.allCases {
            switch limit {
            case .memory, .fileSize: self.limits[limit] = limits.size(limit.rawValue)
            case .openFiles, .processes, .cpuSeconds:
                self.limits[limit] = limits.integer(limit.rawValue, in: 1...Int(Int32.max)).map { Int64($0) }
            }
        }
        limits.finish()
        if let codes = section.strings("success_exit_codes") {
            let numbers = codes.compactMap { Int($0) }.filter { (0...255).contains($0) }
            if numbers.count != codes.count || numbers.isEmpty {
                section.problem("expected numbers from 0 to 255, such as [0, 3].", at: "success_exit_codes")
            } else {
                successExitCodes = Set(numbers)
            }
        }
    }
}
