import ArgumentParser
import Core

/// The filters and the order of `history`. They are those of `GET /history`.
struct HistoryFilterOptions: ParsableArguments {
    @Option(help: "Only executions of this user.")
    var user: UserName?

    @Option(help: "Only executions of the command with exactly this name.", completion: Completions.commands)
    var name: String?

    @Option(
        name: [.long, .customLong("text")], help: "Only executions whose command and parameters contain this text.",
        completion: Completions.commands)
    var command: String?

    @Option(
        help: "Only executions with this status: queued, running, completed, failed or killed.",
        completion: Completions.statuses)
    var status: String?

    @Option(help: "Only executions whose UUID contains this text.")
    var uuid: String?

    @Option(
        help: "Only executions that started then or later: \(TimeArgument.forms). Without a zone it is local time.")
    var from: TimeArgument?

    @Option(help: "Only executions that started before then. A day is included.")
    var to: TimeArgument?

    @Option(help: "The order: time, duration, command, user or status.", completion: .list(Self.orders.map(\.name)))
    var sort: String?

    @Flag(help: "Reverse the order, so that the oldest or the smallest come first.")
    var reverse = false

    private static let orders: [(name: String, sort: HistoryQuery.Sort)] = [
        ("time", .executedAt), ("duration", .duration), ("command", .command), ("user", .user), ("status", .status),
    ]

    private var knownStatus: Status? {
        Status.allCases.first { "\($0)" == status?.lowercased() }
    }

    private var knownSort: HistoryQuery.Sort? {
        guard let sort = sort?.lowercased() else { return .executedAt }
        return Self.orders.first { $0.name == sort }?.sort ?? HistoryQuery.Sort(rawValue: sort)
    }

    func validate() throws {
        guard status == nil || knownStatus != nil else {
            throw ValidationError("--status takes queued, running, completed, failed or killed.")
        }
        guard knownSort != nil else {
            throw ValidationError("--sort takes time, duration, command, user or status.")
        }
    }

    /// The query of an administrator, who sees everything.
    ///
    /// - Parameters:
    ///   - isUTC: Whether times without a zone are in UTC.
    ///   - now: Unix seconds.
    func query(_ configuration: Configuration, isUTC: Bool, now: Int64) -> HistoryQuery {
        var query = HistoryQuery(visibility: .everything, name: name, text: command, uuid: uuid)
        if let knownStatus { query.status = knownStatus }
        query.user = user?.identifier(configuration)
        query.from = from?.start(isUTC: isUTC, now: now)
        query.until = to?.end(isUTC: isUTC, now: now)
        query.sort = knownSort ?? .executedAt
        query.ascending = reverse
        return query
    }
}
