import ArgumentParser
import Core
import Foundation

/// `token`: API tokens for scripts.
struct Token: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes, lists and revokes API tokens.", subcommands: [Create.self, List.self, Revoke.self])

    /// `token create`.
    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a token and prints it; it is shown only once.")

        @OptionGroup var options: Options

        @Option(help: "Who the audit says it was.")
        var user: String

        @Option(help: "A role it grants; give it once for each.")
        var role: [String] = []

        @Option(help: "What it is for.")
        var name = ""

        @Option(help: "How long it is good, such as 90d; by default for ever.")
        var expires: String?

        func validate() throws {
            guard !user.isEmpty else { throw ValidationError("--user must not be empty.") }
            guard try lifetime ?? 1 > 0 else { throw ValidationError("--expires must leave the token some time.") }
        }

        /// Seconds for which it is good; nil: for ever.
        private var lifetime: Int64? {
            get throws { try expires.map { try age($0, for: "--expires") } }
        }

        func run() throws {
            let lifetime = try lifetime
            let instance = try options.instance()
            let unknown = Set(role).subtracting(instance.configuration.roles.keys).sorted()
            try explained {
                guard unknown.isEmpty else {
                    throw CommandError("These roles are not in the configuration: \(unknown.joined(separator: ", ")).")
                }
                let secret = APIToken.makeSecret()
                let now = Clock.seconds()
                let id = try instance.tokens.addToken(
                    hash: APIToken.hash(of: secret), name: name, user: user, roles: Set(role), createdAt: now,
                    expiresAt: lifetime.map { now + $0 })
                FileHandle.standardError.write(Data("Token \(id). Keep it now, it is not shown again.\n".utf8))
                print(secret)
            }
        }
    }

    /// `token list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the tokens, without what is secret in them.")

        @OptionGroup var options: Options

        func run() throws {
            let instance = try options.instance()
            try explained {
                for token in try instance.tokens.tokens() {
                    let expires = token.expiresAt.map { Self.time($0) } ?? "never"
                    let roles = token.roles.sorted().joined(separator: ", ")
                    print("\(token.id)  \(token.user)  [\(roles)]  expires \(expires)  \(token.name)")
                }
            }
        }

        private static func time(_ seconds: Int64) -> String {
            Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
        }
    }

    /// `token revoke`.
    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Revokes a token.")

        @OptionGroup var options: Options

        @Argument(help: "Its number in the list.")
        var number: Int64

        func run() throws {
            let instance = try options.instance()
            try explained {
                guard try instance.tokens.removeToken(id: number) else {
                    throw CommandError("There is no token \(number).")
                }
            }
            print("Token \(number) is revoked.")
        }
    }
}
