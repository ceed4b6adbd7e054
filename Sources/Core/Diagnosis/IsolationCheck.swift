import CSystem
import Glibc

/// Checks what keeps jobs apart from the service on this machine.
package struct IsolationCheck: Sendable {
    /// The version of Landlock; less than 1 if the kernel has none.
    var landlock: Int32
    /// Whether `remotisan-as` is installed.
    var hasProgram: Bool
    /// The names of the commands by isolation: those with Landlock, and those of other users.
    var withLandlock: [String]
    /// What was tried for commands of other users.
    var trials: [Trial]

    /// A program that `remotisan-as` was to start as a command would.
    struct Trial: Sendable, Equatable {
        let command: String
        let user: String
        /// What the program said; nil if it worked.
        let problem: String?
    }

    init(landlock: Int32, hasProgram: Bool, withLandlock: [String], trials: [Trial]) {
        self.landlock = landlock
        self.hasProgram = hasProgram
        self.withLandlock = withLandlock
        self.trials = trials
    }

    /// Checks this machine, as the user of the service.
    package init(_ configuration: Configuration) {
        let declared = configuration.commands.allowed.values.map { $0 }
        let commands = (declared + configuration.commands.ofConsoles.values).sorted { $0.name < $1.name }
        let consoles = configuration.consoles.map { console in
            Command(
                name: console.description, roles: [], run: console.run, directory: console.directory,
                environment: console.environment, options: CommandOptions(isolation: configuration.commands.isolation))
        }
        var tried: Set<[String]> = []
        trials = (commands.filter { !$0.run.isEmpty } + consoles).compactMap { command in
            guard let user = command.options.isolation.user,
                tried.insert([user, command.directory] + command.environment.keys.sorted()).inserted
            else { return nil }
            return Trial(command: command.name, user: user, problem: Self.problem(of: command, as: user))
        }
        landlock = system_landlock_version()
        hasProgram = access(Programs.beside.asUser, F_OK) == 0
        withLandlock = commands.filter { $0.options.isolation == .landlock }.map(\.name)
        if configuration.commands.isolation == .landlock, !consoles.isEmpty { withLandlock.append("consoles") }
    }

    /// Lets `remotisan-as` start true(1) as a command. Returns what is wrong; nil for nothing.
    private static func problem(of command: Command, as user: String) -> String? {
        let environment = JobEnvironment.make(
            for: JobUUID(), configured: command.environment, process: command.options.process, as: user)
        var words: [UInt8]?
        var status: Int32 = -1
        do {
            try Descriptor.pipe { reading, writing throws(SystemError) in
                let null = try Descriptor(opening: "/dev/null", O_RDWR)
                let pid = try ChildProcess.spawn(
                    Programs.beside.asUser, arguments: ["remotisan-as", user, command.directory, "/bin/true"],
                    environment: environment, descriptors: [null.number, null.number, writing.number, null.number])
                _ = consume writing
                words = try? reading.readToEnd(of: "remotisan-as", before: Clock.boottimeMilliseconds() + 5000)
                status = ChildProcess.wait(for: pid)
            }
        } catch {
            return "\(error)"
        }
        guard status != 0 else { return nil }
        return String(decoding: words ?? [], as: UTF8.self).split(separator: "\n").map { String($0).sanitized }
            .joined(separator: " ")
    }

    package var findings: [Finding] {
        let subject = "isolation"
        var findings = trials.compactMap { trial in
            trial.problem.map { problem in
                Finding.problem(
                    subject,
                    "\(trial.command) cannot run as \(trial.user). \(problem) See run_as in docs/configuration.md.")
            }
        }
        if !withLandlock.isEmpty, landlock < 1 {
            findings.append(
                .problem(
                    subject,
                    "the kernel has no Landlock, so these commands do not start: \(withLandlock.joined(separator: ", "))"
                        + ". Use run_as, or Linux 5.13 with lsm=landlock."))
        }
        guard findings.isEmpty else { return findings }
        let kernel = landlock < 1 ? "Landlock does not work here" : "Landlock works here (version \(landlock))"
        let program =
            hasProgram ? "remotisan-as is installed" : "remotisan-as is not installed, so run_as does not work"
        return [.ok(subject, "\(kernel). \(program).")]
    }
}
