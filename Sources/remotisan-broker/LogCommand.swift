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
            With --times, each line begins with the time at which it arrived.

            With --follow, output is printed as it arrives, until the job has ended. The exit code is 0 if the job \
            completed, 5 if it failed, and 6 if it was killed. If the store fails meanwhile, a message says so, and the \
            files of the job tell its end. Ctrl-C ends only this program, not the job.
            """)

    @OptionGroup var options: Options

    @Argument(help: "The UUID of the job, or its first digits, at least 4.", completion: Completions.executions)
    var job: JobReference

    @Flag(name: [.customShort("f"), .long], help: "Print output as it arrives, until the job has ended.")
    var follow = false

    @Flag(help: "Print when each line arrived.")
    var times = false

    @Flag(help: "Print the bytes of the log as they are, with escape sequences and in its own encoding.")
    var raw = false

    @OptionGroup var zone: TimeOptions

    func run() throws {
        let instance = try options.instance()
        try reportingErrors {
            let uuid = try job.uuid(in: instance)
            guard let execution = try instance.store.execution(uuid) else { throw JobReference.missing(uuid) }
            guard execution.serverUUID == instance.storage.serverUUID else {
                throw CommandError(
                    "The log of \(uuid) is on the instance \(execution.serverUUID). Run this there, or use the page.",
                    .refused)
            }
            noteRead(of: execution, in: instance)
            let encoding = raw ? .utf8 : instance.catalogue[execution.command]?.options.encoding ?? .utf8
            let files = JobFiles(uuid, in: instance.storage)
            var printer = LogPrinter(files, encoding: encoding, isRaw: raw)
            if times { printer.times = zone.text(on: .output([:])) }
            guard follow else {
                if execution.status == .queued {
                    throw CommandError("Job \(uuid) is queued and has no log yet. Use --follow to wait.", .refused)
                }
                guard try printer.printNew() || printer.hasLog else {
                    throw CommandError("There is no log of \(uuid). It was removed.", .notFound)
                }
                return try printer.end()
            }
            guard let person = instance.administratorAsPerson else { throw JobReference.missing(uuid) }
            let ended = try FollowedLog(files, instance.watching, in: instance.storage, for: person)
                .print(with: &printer)
            switch ended {
            case .completed: return
            case .killed: throw ExitStatus.jobKilled.code
            case .failed, .running, .queued: throw ExitStatus.jobFailed.code
            }
        }
    }
}

extension LogCommand {
    /// Records that an administrator reads the log of another person's execution.
    private func noteRead(of execution: Execution, in instance: Instance) {
        guard let person = instance.administratorAsPerson,
            !Permissions(instance.configuration).isOwner(execution.userIdentifier, person)
        else { return }
        LogReads(store: instance.store, storage: instance.storage, waits: true, log: instance.log)
            .note(execution, by: person)
    }
}

extension Instance {
    /// The account that runs this program, as a person who may see everything.
    var administratorAsPerson: Person? {
        Person(
            identifier: administrator.user ?? "administrator", roles: [], isSuperUser: true, login: Login(.commandLine))
    }

    /// Shows executions, without recording who reads logs.
    var watching: WatchExecution {
        WatchExecution(
            catalogue: catalogue, permissions: Permissions(configuration), store: store, storage: storage,
            plan: configuration.kill)
    }
}
