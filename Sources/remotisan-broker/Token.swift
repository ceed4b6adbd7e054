import ArgumentParser
import Assembly
import Core
import Foundation
import Glibc

/// `token`: administers the API tokens of scripts.
struct Token: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Creates, lists and revokes API tokens.", subcommands: [Create.self, List.self, Revoke.self])

    /// `token create`.
    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Creates a token and prints it once.",
            discussion: """
                The token has the roles that --role names and no others, whatever the configuration gives to its user.
                """)

        @OptionGroup var options: Options

        @Option(help: "The user that the history shows.")
        var user: UserName

        @Option(
            help: "A role that the token grants. Repeat the option for several roles.", completion: Completions.roles)
        var role: [String] = []

        @Flag(help: "Let the token see and kill everything, read the metrics and close dead instances.")
        var superUser = false

        @Option(help: "A note on what the token is for.")
        var name = ""

        @Option(help: "The lifetime, such as 90d. Default: `tokens.max_age`, or unlimited.")
        var expires: String?

        func validate() throws {
            guard try lifetime ?? 1 > 0 else { throw ValidationError("--expires must be longer than 0.") }
        }

        /// The lifetime in seconds; nil if it is unlimited.
        private var lifetime: Int64? {
            get throws { try expires.map { try age($0, for: "--expires") } }
        }

        func run() throws {
            let lifetime = try lifetime
            let instance = try options.instance()
            let configuration = instance.configuration
            let unknown = Set(role).subtracting(configuration.roles.keys).sorted()
            try reportingErrors {
                guard unknown.isEmpty else {
                    throw CommandError("These roles are not in the configuration: \(unknown.joined(separator: ", ")).")
                }
                if let lifetime, let limit = configuration.tokens.maxAge, lifetime > limit {
                    throw CommandError(
                        "--expires is longer than tokens.max_age, which is \(limit) seconds. Choose a shorter lifetime."
                    )
                }
                let secret = APIToken.makeSecret()
                let now = Clock.seconds()
                let token = APIToken(
                    id: 0, name: name, user: user.identifier(configuration), roles: Set(role), isSuperUser: superUser,
                    createdAt: now, expiresAt: lifetime.map { now + $0 })
                let id = try instance.tokens.addToken(
                    hash: APIToken.hash(of: secret), token, by: instance.administrator)
                say("Token \(id). Save it now, because it is not shown again.")
                if !superUser, isSuperUser(token.user, configuration) {
                    say(
                        "\(token.user.sanitized) is a super user, but this token is not. Use --super-user for that."
                    )
                }
                print(secret)
            }
        }

        private func isSuperUser(_ user: String, _ configuration: Configuration) -> Bool {
            Permissions(configuration).person(Credentials(user: user))?.isSuperUser ?? false
        }
    }

    /// `token list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Lists the tokens. The tokens themselves are not stored, so they are not shown.")

        @OptionGroup var options: Options
        @OptionGroup var table: TableOptions

        func run() throws {
            let instance = try options.instance()
            let maxAge = instance.configuration.tokens.maxAge
            try reportingErrors {
                try table.print { printer in
                    try printer.rows(["NUMBER", "USER", "ROLES", "EXPIRES", "LAST USED", "NAME"]) { add in
                        for token in try instance.tokens.tokens() {
                            try add({ Self.cells(token, maxAge, printer) }, { Self.record(token, maxAge) })
                        }
                    }
                }
            }
        }

        private static func cells(
            _ token: APIToken, _ maxAge: Int64?, _ printer: TablePrinter
        ) -> [TableWriter.Cell] {
            let roles = "[\(token.roles.sorted().joined(separator: ", "))]"
            let expires = printer.time(token.end(maxAge: maxAge), else: "never")
            let lastUsed = printer.time(token.lastUsedAt, else: "never")
            return [
                .init("\(token.id)"), .init(token.user), .init(token.isSuperUser ? "\(roles) super user" : roles),
                .init(expires, piped: "expires \(expires)"), .init(lastUsed, piped: "last used \(lastUsed)"),
                .init(token.name),
            ]
        }

        private static func record(_ token: APIToken, _ maxAge: Int64?) -> JSONRecord {
            [
                "id": token.id, "user": token.user, "roles": token.roles.sorted(), "super_user": token.isSuperUser,
                "name": token.name, "created_at": token.createdAt, "expires_at": token.end(maxAge: maxAge),
                "last_used_at": token.lastUsedAt,
            ]
        }
    }

    /// `token revoke`.
    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke",
            abstract: "Revokes a token, and cancels the executions that it queued.",
            discussion: """
                On a terminal it asks before it cancels executions. Running executions are not killed.
                """)

        @OptionGroup var options: Options

        @Argument(help: "The number of the token, as `token list` shows it.")
        var number: Int64

        @Flag(help: "Leave the executions that it queued in the queue.")
        var keepQueued = false

        func run() throws {
            let instance = try options.instance()
            let revoking = RevokeToken(
                tokens: instance.tokens, store: instance.store, by: instance.administrator)
            let outcome = try reportingErrors {
                let isKeeping = try keepQueued || !isCancelling(try revoking.countQueued(by: number))
                let requester = UserName.current?.identifier(instance.configuration) ?? "administrator"
                guard
                    let outcome = try revoking.revoke(
                        number, by: .user(requester), isKeepingQueued: isKeeping, now: Clock.seconds())
                else { throw CommandError("There is no token \(number).", .notFound) }
                return outcome
            }
            print("Token \(number) is revoked.")
            if outcome.cancelled > 0 { print("\(counted(outcome.cancelled, "queued execution")) cancelled.") }
            if outcome.remaining > 0 { print("Not affected: \(counted(outcome.remaining, "execution")).") }
        }

        /// Whether queued executions are cancelled. Only a person at a terminal is asked.
        private func isCancelling(_ count: Int) throws -> Bool {
            guard count > 0, isatty(0) == 1, isatty(2) == 1 else { return true }
            while true {
                let question = "The token has queued \(counted(count, "execution")). Cancel them? [y/n] "
                FileHandle.standardError.write(Data(question.utf8))
                switch readLine()?.lowercased() {
                case "y", "yes": return true
                case "n", "no": return false
                case nil: throw CommandError("Nothing is revoked, because the question was not answered.", .refused)
                default: continue
                }
            }
        }
    }
}

/// Writes a sentence to standard error, beside the output that a script reads.
private func say(_ sentence: String) {
    FileHandle.standardError.write(Data("\(sentence)\n".utf8))
}
