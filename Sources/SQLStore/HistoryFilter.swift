import Core

/// One condition of a history query, as data. Each store writes it in its own SQL.
package enum HistoryFilter: Sendable, Equatable {
    /// Executions of a user.
    case user(String)
    /// Executions of a user, and those of some commands. The list of commands is sorted and not empty.
    case userOrCommands(String, [String])
    /// Executions of a command, by its exact name.
    case command(String)
    /// Executions with a status.
    case status(Status)
    /// Executions whose command and parameters contain a text. The value is a pattern for LIKE, escaped with a
    /// backslash.
    case textLike(String)
    /// The execution of a job.
    case job(JobUUID)
    /// Executions whose UUID contains a text. The value is a pattern for LIKE, escaped with a backslash.
    case uuidLike(String)
    /// Executions that started at this Unix second or later.
    case startedFrom(Int64)
    /// Executions that started before this Unix second.
    case startedBefore(Int64)

    /// Executions of an instance.
    case instance(String)
    /// Executions that were started with an API token, or without one.
    case token(HistoryQuery.TokenFilter)
    /// Executions that have run for a time within limits.
    case ran(HistoryQuery.DurationFilter)

    /// Whether the table of counts can answer it. That table does not tell a missing user from one with an empty name.
    package var isCounted: Bool {
        switch self {
        case .user(let user), .userOrCommands(let user, _): !user.isEmpty
        case .command, .status: true
        case .textLike, .job, .uuidLike, .startedFrom, .startedBefore, .instance, .token, .ran: false
        }
    }

    /// The filters for the rows that a person may see.
    package static func visible(_ visibility: Visibility) -> [HistoryFilter] {
        switch visibility {
        case .everything: []
        case .own(let user), .ownAndCommands(let user, []): [.user(user)]
        case .ownAndCommands(let user, let commands): [.userOrCommands(user, commands.sorted())]
        }
    }

    /// The filters of a query, without those for the rows that the person may see.
    package static func requested(_ query: HistoryQuery) -> [HistoryFilter] {
        var filters: [HistoryFilter] = []
        if case .some(.some(let status)) = query.status { filters.append(.status(status)) }
        if let user = query.user { filters.append(.user(user)) }
        if let name = query.name { filters.append(.command(name)) }
        if let text = query.text { filters.append(.textLike(pattern(text))) }
        if let uuid = query.uuid {
            filters.append(JobUUID(uuid).map { .job($0) } ?? .uuidLike(pattern(uuid)))
        }
        if let from = query.from { filters.append(.startedFrom(from)) }
        if let until = query.until { filters.append(.startedBefore(until)) }
        if let instance = query.instance { filters.append(.instance(instance)) }
        if let token = query.token { filters.append(.token(token)) }
        if let duration = query.duration { filters.append(.ran(duration)) }
        return filters
    }

    /// A LIKE pattern for "contains", with `\` as its escape. Wildcards in the text become ordinary characters.
    private static func pattern(_ text: String) -> String {
        // By scalars, as databases read it: Swift takes a percent sign and a combining mark after it for one character.
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if "%_\\".unicodeScalars.contains(scalar) { escaped.append("\\") }
            escaped.append(scalar)
        }
        return "%\(escaped)%"
    }
}

extension HistoryQuery {
    /// Whether no row can match: the status does not exist, or a text holds NUL, which no row does.
    package var matchesNothing: Bool {
        if case .some(.none) = status { return true }
        return [name, text, uuid, user, instance].contains { $0?.utf8.contains(0) ?? false }
    }

    /// The query without its search for a text or a part of a UUID.
    package var withoutSearch: HistoryQuery {
        var query = self
        query.text = nil
        if isSearch { query.uuid = query.uuid.flatMap { JobUUID($0) == nil ? nil : $0 } }
        return query
    }

    /// The rows that the person may see of the command that the query names: all, if they may run the command.
    package var visibilityOfCommand: Visibility {
        guard let name, case .ownAndCommands(let user, let commands) = visibility else { return visibility }
        return commands.containsExactly(name) ? .everything : .own(user)
    }
}

extension String {
    /// The text with ASCII's capital letters in lower case.
    package var lowercasedASCII: String {
        String(
            decoding: utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
