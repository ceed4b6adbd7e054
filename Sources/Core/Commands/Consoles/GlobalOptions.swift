/// Finds the options that every command of a console takes, such as `--env`. People may give only those that
/// `allow_options` names.
enum GlobalOptions {
    /// Options of Symfony and Laravel. They are global even if only one command lists them.
    private static let known: Set<String> = [
        "help", "quiet", "verbose", "version", "ansi", "no-ansi", "no-interaction", "env",
    ]
    /// Flags of newer versions of Symfony. A command may have an option of its own with such a name that takes a value.
    private static let knownFlags: Set<String> = ["silent", "no-debug", "profile"]
    /// Commands of Symfony itself. Some versions list them without the global options.
    private static let builtIn: Set<String> = ["help", "list", "completion"]

    /// Finds the global options: the known ones, and those that almost all commands list in the same way.
    ///
    /// One command in ten may lack an option, because an application may override the definition of a command. In a
    /// console of fewer than four commands of its own, none may.
    static func find(in commands: [ListedCommand]) -> [Parameter] {
        let own = commands.filter { !builtIn.contains($0.name) }
        let judges = own.isEmpty ? commands : own
        let required = judges.count - (judges.count < 4 ? 0 : max(1, judges.count / 10))
        let others = commands.count > own.count && !own.isEmpty ? commands.filter { builtIn.contains($0.name) } : []
        var found: [Parameter] = []
        for option in commands.flatMap(\.options) where !found.contains(where: { $0.name == option.name }) {
            let isKnown = known.contains(option.name) || option.kind == .flag && knownFlags.contains(option.name)
            let isCommon =
                commands.count > 1 && judges.filter { $0.options.contains(option) }.count >= required
                && (others.isEmpty || others.contains { $0.options.contains(option) })
            if isKnown || isCommon { found.append(option) }
        }
        return found
    }
}
