import ArgumentParser
import Core
import Foundation

/// `history`: lists executions, or refused attempts.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Lists executions, newest first.")

    @OptionGroup var options: Options

    @Option(help: "Only executions of this user.")
    var user: UserName?

    @Option(
        help: "Only executions whose command and parameters contain this text.", completion: Completions.commands)
    var command: String?

    @Option(
        help: "Only executions with this status: queued, running, completed, failed or killed.",
        completion: Completions.statuses)
    var status: String?

    @Option(help: "The page. A page has \(HistoryQuery.perPage) executions.")
    var page = 1

    @Flag(help: "List the last 100 refused attempts instead.")
    var refused = false

    private var knownStatus: Status? {
        Status.allCases.first { "\($0)" == status?.lowercased() }
    }

    func validate() throws {
        guard status == nil || knownStatus != nil else {
            throw ValidationError("--status takes queued, running, completed, failed or killed.")
        }
    }

    func run() throws {
        var query = HistoryQuery(visibility: .everything, page: page, text: command)
        if let knownStatus { query.status = knownStatus }
        let instance = try options.instance()
        query.user = user?.identifier(instance.configuration)
        try reportingErrors {
            if refused {
                for refusal in try instance.store.refusals(limit: 100) { print(Self.line(refusal)) }
                return
            }
            let history = try instance.store.history(query)
            for row in history.rows { print(Self.line(row)) }
            print("\(history.total) in total")
        }
    }

    /// One line. Control characters in names and parameters are replaced, so that a terminal does not obey them.
    private static func line(_ row: Execution) -> String {
        let ending = row.ending
        let how =
            ending.exitCode.map { "exit \($0)" } ?? ending.signal.map { "signal \(Signal.name(of: $0))" }
            ?? ending.reason ?? ""
        return [
            time(row.executedAt), row.jobUUID, "\(row.status)", how, who(row.userIdentifier ?? "-", row.token),
            "\(row.command) \(row.parameters)",
        ].joined(separator: "  ").sanitized
    }

    private static func line(_ refusal: Refusal) -> String {
        [
            time(refusal.at), who(refusal.userIdentifier, refusal.token), "\(refusal.command) \(refusal.parameters)",
            refusal.reason,
        ]
        .joined(separator: "  ").sanitized
    }

    private static func who(_ user: String, _ token: TokenReference?) -> String {
        token.map { "\(user) by \($0)" } ?? user
    }

    private static func time(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
    }
}
