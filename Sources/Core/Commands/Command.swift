/// A command on the allow-list.
package struct Command: Sendable, Equatable {
    /// Its name on the allow-list.
    package let name: String
    /// Roles that may run it. `*` stands for every role.
    package let roles: Set<String>
    /// The program and its leading arguments. The arguments that a person gives follow.
    package let run: [String]
    /// Its parameters.
    package internal(set) var definition: CommandDefinition
    /// How to call it, in one line; empty if the definition says it.
    package let usage: String
    /// One sentence for the list of commands.
    package let description: String
    /// A longer text for the form.
    package let help: String
    /// Working directory.
    package let directory: String
    /// Variables added to the environment of the job.
    package let environment: [String: String]
    /// How it runs.
    package let options: CommandOptions

    package init(
        name: String, roles: Set<String>, run: [String], definition: CommandDefinition = .undeclared,
        usage: String = "", description: String = "", help: String = "",
        directory: String = "/", environment: [String: String] = [:], options: CommandOptions = CommandOptions()
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
        self.options = options
    }
}
