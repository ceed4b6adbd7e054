/// How the job of a command is killed.
struct KillMethod: Sendable, Equatable {
    /// The signals, and the time between them.
    let plan: KillPlan
    /// The program that runs before the first signal; nil for none.
    let program: KillProgram?
    /// The client that the command is, see ``UnreachableWork``; nil if its work is done by its own processes.
    let client: String?
    /// The encoding of the log, for the lines that a kill adds.
    let encoding: LogEncoding

    /// The method for a command.
    ///
    /// - Parameters:
    ///   - command: nil if it is not on the allow-list any more.
    ///   - fallback: The plan of the instance, for such a command.
    init(_ command: Command?, default fallback: KillPlan) {
        plan = command?.options.kill ?? fallback
        encoding = command?.options.encoding ?? .utf8
        program = command.flatMap { KillProgram($0) }
        client = command.flatMap { command in
            if case .elsewhere(let client)? = UnreachableWork(running: command.run) { client } else { nil }
        }
    }
}
