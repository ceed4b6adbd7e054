/// How a command runs, whether the configuration declares it or a console lists it.
///
/// A new option is a property here, with its configuration key in ``init(_:kill:)`` and, if the page needs it, a member
/// in ``facts``.
package struct CommandOptions: Sendable, Equatable {
    /// The job is killed after this many seconds; nil for no limit.
    package var timeout: Int64?
    /// How many executions may run at once and how many may be queued; nil for no limit.
    package var limit: RunningLimit?
    /// The signals of a kill.
    package var kill: KillPlan
    /// Roles that may kill every execution of the command. `*` stands for every role.
    package var killRoles: Set<String>
    /// Roles that may see every execution of the command; nil for the roles that may run it. `*` stands for every role.
    package var viewRoles: Set<String>?
    /// What happens to processes that outlive the command.
    package var remainingProcesses: RemainingProcesses
    /// The surroundings of its process.
    package var process: ProcessOptions
    /// In which encoding its log is read.
    package var encoding: LogEncoding
    /// Whether the page asks before it runs the command: nil for no, a question, or empty for the page's own question.
    package var confirm: String?
    /// What keeps its job apart from the service.
    package var isolation: Isolation
    /// The name that the page shows instead of the command's own; nil for none.
    package var title: String?
    /// The group of commands in which the page shows it; nil for the first part of its name.
    package var category: CommandCategory?

    /// What happens to processes that outlive their command.
    package enum RemainingProcesses: String, Sendable, CaseIterable {
        /// They keep running, as with the original, and are counted.
        case keep
        /// They get TERM, and KILL after the grace.
        case kill
    }

    package init(
        timeout: Int64? = nil, limit: RunningLimit? = nil, kill: KillPlan = KillPlan(),
        killRoles: Set<String> = [], viewRoles: Set<String>? = nil, remainingProcesses: RemainingProcesses = .keep,
        process: ProcessOptions = ProcessOptions(), encoding: LogEncoding = .utf8,
        confirm: String? = nil, isolation: Isolation = .none, title: String? = nil, category: CommandCategory? = nil
    ) {
        self.timeout = timeout
        self.limit = limit
        self.kill = kill
        self.killRoles = killRoles
        self.viewRoles = viewRoles
        self.remainingProcesses = remainingProcesses
        self.process = process
        self.encoding = encoding
        self.confirm = confirm
        self.isolation = isolation
        self.title = title
        self.category = category
    }

    /// Members of the command in `GET /commands`.
    package var facts: [(name: String, value: JSONValue)] {
        [
            ("timeout", timeout.map { .number(Double($0)) } ?? .null),
            ("confirm", confirm.map { .text($0) } ?? .null),
            ("title", title.map { .text($0) } ?? .null),
            ("category", category?.json ?? .null),
        ]
    }
}

extension CommandOptions {
    /// Reads the options of a command.
    ///
    /// - Parameters:
    ///   - kill: The kill plan of the instance, for keys that the command does not set.
    ///   - isolation: The keys of all commands, for a command without its own.
    ///   - categories: What `commands.categories` says, by name.
    init(
        _ section: ConfigurationSection, kill: KillPlan, isolation: IsolationSettings,
        categories: [String: CommandCategory]
    ) {
        section.rename("leave_behind", to: "remaining_processes")
        let timeout = section.duration("timeout")
        if timeout == 0 { section.problem("expected more than 0. Remove it for no limit.", at: "timeout") }
        let confirm = section.string("confirm")
        let killSection = section.section("kill", listAs: "roles")
        let killRoles = Set(killSection.strings("roles") ?? [])
        self.init(
            timeout: timeout.map { $0 / 1000 + ($0 % 1000 > 0 ? 1 : 0) },
            limit: RunningLimit(section),
            kill: KillSettings(killSection, default: kill, isOfCommand: true).plan,
            killRoles: killRoles, viewRoles: section.strings("view").map { Set($0) },
            remainingProcesses: section.choice("remaining_processes", ["keep": .keep, "kill": .kill]) ?? .keep,
            process: ProcessOptions(section),
            encoding: section.choice(
                "encoding", Dictionary(uniqueKeysWithValues: LogEncoding.allCases.map { ($0.rawValue, $0) })) ?? .utf8,
            confirm: confirm == "true" ? "" : confirm == "false" ? nil : confirm,
            isolation: IsolationSettings(section, defaults: isolation).isolation,
            title: section.printable("title"),
            category: section.printable("category").map { categories[$0] ?? CommandCategory(name: $0) })
    }
}

extension RunningLimit {
    /// Reads the limit of a command; nil without `max_running`. Only `when_full: queue` makes executions wait.
    fileprivate init?(_ section: ConfigurationSection) {
        section.rename("max_running_over", to: "max_running_scope")
        let maxRunning = section.integer("max_running", in: 1...100_000)
        let scope = section.choice("max_running_scope", ["instance": RunningLimit.Scope.instance, "all": .all])
        let isQueue = section.choice("when_full", ["refuse": false, "queue": true])
        let maxQueued = section.integer("max_queued", in: 1...100_000)
        if section.has("max_queued"), isQueue != true {
            section.problem(
                "has no effect unless when_full is queue. Remove it, or add when_full: queue.", at: "max_queued")
        }
        guard section.has("max_running") else {
            for key in ["max_running_scope", "when_full"] where section.has(key) {
                section.problem("has no effect without max_running. Remove it, or add max_running.", at: key)
            }
            return nil
        }
        guard let maxRunning else { return nil }
        self.init(
            maxRunning, over: scope ?? .instance,
            maxQueued: isQueue == true ? maxQueued ?? RunningLimit.defaultMaxQueued : 0)
    }
}
