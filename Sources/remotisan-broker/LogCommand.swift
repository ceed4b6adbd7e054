import ArgumentParser
import Core

/// `log`: prints the log of a job.
struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Prints the log of a job in UTF-8.",
        discussion: """
            A log in UTF-8 is printed byte for byte. A log of a command with another `encoding` is converted, unless \
            --raw is given. With --times, each line begins with the time at which it arrived, in UTC.
            """)

    @OptionGroup var options: Options

    @Argument(help: "The UUID of the job.")
    var uuid: JobUUID

    @Flag(help: "Print when each line arrived.")
    var times = false

    @Flag(help: "Print the bytes of the log as they are, whatever its encoding.")
    var raw = false

    func run() throws {
        let instance = try options.instance()
        try reportingErrors {
            guard let execution = try instance.store.execution(uuid) else {
                throw CommandError("There is no job \(uuid).")
            }
            let encoding = raw ? .utf8 : instance.catalogue[execution.command]?.options.encoding ?? .utf8
            let files = JobFiles(uuid, in: instance.storage)
            let reader = LogReader(files)
            if times { return try TimedLog(reader, TimeIndex(files), encoding: encoding).print() }
            var offset: Int64 = 0
            while true {
                let bytes = try reader.bytes(at: offset, count: 1 << 16)
                if bytes.isEmpty { break }
                try Descriptor.standardOutput { try $0.write(encoding.utf8(of: bytes), to: "standard output") }
                offset += Int64(bytes.count)
            }
        }
    }
}
