import ArgumentParser
import Assembly
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
        help: """
            Only executions that started then or later: \(TimeArgument.forms). Without a zone it is local time, or UTC \
            with --utc.
            """)
    var from: TimeArgument?

    @Option(help: "Only executions that started before then. A day is included.")
    var to: TimeArgument?

    @Option(help: "Only executions that have run at least so long, such as 5m.")
    var minDuration: DurationArgument?

    @Option(help: "Only executions that have run at most so long, such as 90s.")
    var maxDuration: DurationArgument?

    @Option(
        help: "Only executions of this instance: its UUID, or the first 4 digits or more.",
        completion: Completions.instances)
    var instance: String?

    @Option(
        help: "Only executions that were started with this API token: its number, any, or none.",
        completion: Completions.tokens)
    var token: String?

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

    private var tokenFilter: HistoryQuery.TokenFilter? { token.flatMap { HistoryQuery.TokenFilter($0) } }

    func validate() throws {
        guard token == nil || tokenFilter != nil else {
            throw ValidationError("--token takes any, none, or a number that `token list` shows.")
        }
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
    ///   - opened: The instance whose store is queried.
    ///   - isUTC: Whether times without a zone are in UTC.
    ///   - now: Unix seconds.
    func query(_ opened: Instance, isUTC: Bool, now: Int64) throws -> HistoryQuery {
        var query = HistoryQuery(visibility: .everything, name: name, text: command, uuid: uuid)
        if let knownStatus { query.status = knownStatus }
        query.user = user?.identifier(opened.configuration)
        query.from = from?.start(isUTC: isUTC, now: now)
        query.until = to?.end(isUTC: isUTC, now: now)
        query.duration = HistoryQuery.DurationFilter(least: minDuration?.seconds, most: maxDuration?.seconds, now: now)
        query.token = tokenFilter
        if let instance {
            let known = Set(try opened.registry.instances().map(\.serverUUID)).union([opened.storage.serverUUID])
            query.instance = try BrokerProgram.instance(beginningWith: instance, among: known.sorted())
        }
        query.sort = knownSort ?? .executedAt
        query.ascending = reverse
        return query
    }
}

/// A duration with its unit on the command line.
struct DurationArgument: ExpressibleByArgument {
    let seconds: Int64

    /// Nil for a number without a unit, which could mean seconds or minutes.
    init?(argument: String) {
        guard let milliseconds = Quantity.milliseconds(argument), argument.last?.isLetter ?? false else { return nil }
        seconds = milliseconds / 1000
    }
}
