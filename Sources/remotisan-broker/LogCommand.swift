import ArgumentParser
import Core

/// `log`: prints the log of a job.
struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Prints the log of a job, byte for byte.",
        discussion: "With --times, each line begins with the time at which it arrived, in UTC.")

    @OptionGroup var options: Options

    @Argument(help: "The UUID of the job.")
    var uuid: JobUUID

    @Flag(help: "Print when each line arrived.")
    var times = false

    func run() throws {
        let instance = try options.instance()
        try reportingErrors {
            guard try instance.store.execution(uuid) != nil else { throw CommandError("There is no job \(uuid).") }
            let files = JobFiles(uuid, in: instance.storage)
            let reader = LogReader(files)
            if times { return try TimedLog(reader, TimeIndex(files)).print() }
            var offset: Int64 = 0
            while true {
                let bytes = try reader.bytes(at: offset, count: 1 << 16)
                if bytes.isEmpty { break }
                try Descriptor.standardOutput { try $0.write(bytes, to: "standard output") }
                offset += Int64(bytes.count)
            }
        }
    }
}
