import ArgumentParser
import Assembly
import Core

/// `log`: prints the log of a job.
struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Prints the log of a job in UTF-8.",
        discussion: """
            Escape sequences and other control characters are shown instead of obeyed: ESC is printed as ␛. A log of \
            a command with another `encoding` is converted to UTF-8. With --raw, the log is printed byte for byte. \
            With --times, each line begins with the time at which it arrived, in UTC.
            """)

    @OptionGroup var options: Options

    @Argument(help: "The UUID of the job.", completion: Completions.executions)
    var uuid: JobUUID

    @Flag(help: "Print when each line arrived.")
    var times = false

    @Flag(help: "Print the bytes of the log as they are, with escape sequences and in its own encoding.")
    var raw = false

    func run() throws {
        let instance = try options.instance()
        try reportingErrors {
            guard let execution = try instance.store.execution(uuid) else {
                throw CommandError("There is no job \(uuid).")
            }
            noteRead(of: execution, in: instance)
            let encoding = raw ? .utf8 : instance.catalogue[execution.command]?.options.encoding ?? .utf8
            let files = JobFiles(uuid, in: instance.storage)
            let reader = LogReader(files)
            var output = LogOutput(encoding: encoding, isRaw: raw)
            if times { return try TimedLog(reader, TimeIndex(files)).print(to: &output) }
            var offset: Int64 = 0
            while true {
                let bytes = try reader.bytes(at: offset, count: 1 << 16)
                if bytes.isEmpty { break }
                try output.write(bytes)
                offset += Int64(bytes.count)
            }
            try output.end()
        }
    }
}

extension LogCommand {
    /// Records that an administrator reads the log of another person's execution.
    private func noteRead(of execution: Execution, in instance: Instance) {
        let administrator = instance.administrator
        guard
            let person = Person(
                identifier: administrator.user ?? "administrator", roles: [], isSuperUser: true,
                login: Login(.commandLine)),
            !Permissions(instance.configuration).isOwner(execution.userIdentifier, person)
        else { return }
        LogReads(store: instance.store, storage: instance.storage, waits: true, log: instance.log)
            .note(execution, by: person)
    }
}

/// Prints a log on standard output.
struct LogOutput {
    let encoding: LogEncoding
    let isRaw: Bool
    private var text = TerminalText()

    init(encoding: LogEncoding, isRaw: Bool) {
        self.encoding = encoding
        self.isRaw = isRaw
    }

    /// Prints bytes of the log.
    mutating func write(_ bytes: [UInt8]) throws(SystemError) {
        let utf8 = encoding.utf8(of: bytes)
        try Self.print(isRaw ? utf8 : text.neutralised(utf8))
    }

    /// Prints what depends on bytes that did not come.
    mutating func end() throws(SystemError) {
        try Self.print(text.rest())
    }

    private static func print(_ bytes: [UInt8]) throws(SystemError) {
        try Descriptor.standardOutput { output throws(SystemError) in try output.write(bytes, to: "standard output") }
    }
}
