/// Something on the allow-list that may be run.
public struct Command: Sendable, Equatable {
    /// Its name on the allow-list.
    public let name: String
    /// Roles that may run it; `*` is every role.
    public let roles: Set<String>
    /// The program and its leading arguments; what the person gives comes after them.
    public let run: [String]
    /// What it takes.
    public internal(set) var definition: CommandDefinition
    /// How it is called, in one line; empty: made from the definition.
    public let usage: String
    /// One sentence for the list.
    public let description: String
    /// Longer text for the form.
    public let help: String
    /// Working directory.
    public let directory: String
    /// Variables added to the job's environment.
    public let environment: [String: String]
    /// After so many seconds the job is killed; nil: never.
    public let timeout: Int64?
    /// How many may run at once, and wait; nil: any number may run.
    public let limit: RunningLimit?
    /// How it is killed.
    public let kill: KillPlan
    /// What becomes of processes that it leaves running when it ends by itself.
    public let leaveBehind: LeaveBehind
    /// Whether the page asks before it runs; a sentence to ask with, or empty for the page's own.
    public let confirm: String?

    /// What becomes of processes that outlive their command.
    public enum LeaveBehind: String, Sendable, CaseIterable {
        /// They go on, as with the original, and are counted.
        case keep
        /// They are ended: TERM, then KILL after the grace.
        case kill
    }

    /// Creates a command.
    public init(
        name: String, roles: Set<String>, run: [String], definition: CommandDefinition = .anyWords,
        usage: String = "", description: String = "", help: String = "",
        directory: String = "/", environment: [String: String] = [:], timeout: Int64? = nil,
        limit: RunningLimit? = nil, kill: KillPlan = KillPlan(), leaveBehind: LeaveBehind = .keep,
        confirm: String? = nil
    ) {
        self.name = name
        self.roles = roles
        self.run = run
        self.definition = definition
        self.usage = usage
        self.description = description
        self.help = help
        self.directory = directory
        self.environment = environment
        self.timeout = timeout
        self.limit = limit
        self.kill = kill
        self.leaveBehind = leaveBehind
        self.confirm = confirm
    }
}
