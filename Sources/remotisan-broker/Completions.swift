import ArgumentParser
import Core

/// What the shell offers for options and arguments. The completion scripts ask this program.
enum Completions {
    /// The UUIDs of the newest executions that have not ended.
    static let unended = CompletionKind.custom { words, _, _ in uuids(words) { !$0.status.isEnded } }

    /// The UUIDs of the newest executions.
    static let executions = CompletionKind.custom { words, _, _ in uuids(words) { _ in true } }

    /// The UUIDs of the instances that share the store.
    static let instances = CompletionKind.custom { words, _, _ in
        let instance = try? options(words).open(mustExist: true).instance
        return (try? instance?.registry.instances())?.map(\.serverUUID) ?? []
    }

    /// The numbers of the API tokens, and words for all and none.
    static let tokens = CompletionKind.custom { words, _, _ in
        let instance = try? options(words).open(mustExist: true).instance
        return ["any", "none"] + ((try? instance?.tokens.tokens())?.map { "\($0.id)" } ?? [])
    }

    /// The names of the statuses.
    static let statuses = CompletionKind.list(Status.allCases.map { "\($0)" })

    /// The names of the commands. A console's commands are those that the configuration names.
    static let commands = CompletionKind.custom { words, _, _ in
        let commands = (try? options(words).configuration())?.commands
        return Array(commands?.allowed.keys ?? [:].keys).sorted()
            + Array(commands?.ofConsoles.keys ?? [:].keys).sorted()
    }

    /// The names of the roles.
    static let roles = CompletionKind.custom { words, _, _ in
        Array((try? options(words).configuration())?.roles.keys ?? [:].keys).sorted()
    }

    /// Empty if this user may not read the store.
    private static func uuids(_ words: [String], of isOffered: (Execution) -> Bool) -> [String] {
        guard let instance = try? options(words).open(mustExist: true).instance,
            let history = try? instance.store.history(HistoryQuery(visibility: .everything))
        else { return [] }
        return history.rows.filter(isOffered).map(\.jobUUID)
    }

    /// The options in the words of an incomplete command line.
    private static func options(_ words: [String]) throws -> Options {
        let position = words.firstIndex(of: "--config")
        let file = position.flatMap { words.indices.contains($0 + 1) ? words[$0 + 1] : nil }
        return try Options.parse(file.map { ["--config", $0] } ?? [])
    }
}
