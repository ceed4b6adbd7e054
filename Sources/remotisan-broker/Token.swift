import ArgumentParser
import Core
import Foundation

/// `token`: administers the API tokens of scripts.
struct Token: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Creates, lists and revokes API tokens.", subcommands: [Create.self, List.self, Revoke.self])

    /// `token create`.
    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Creates a token and prints it once.")

        @OptionGroup var options: Options

        @Option(help: "The user that the history shows.")
        var user: String

        @Option(help: "A role that the token grants. Repeat the option for several roles.")
        var role: [String] = []

        @Option(help: "A note on what the token is for.")
        var name = ""

        @Option(help: "The lifetime, such as 90d. Default: unlimited.")
        var expires: String?

        func validate() throws {
            guard !user.isEmpty else { throw ValidationError("--user must not be empty.") }
            guard try lifetime ?? 1 > 0 else { throw ValidationError("--expires must be longer than 0.") }
        }

        /// The lifetime in seconds; nil if it is unlimited.
        private var lifetime: Int64? {
            get throws { try expires.map { try age($0, for: "--expires") } }
        }

        func run() throws {
            let lifetime = try lifetime
            let instance = try options.instance()
            let unknown = Set(role).subtracting(instance.configuration.roles.keys).sorted()
            try reportingErrors {
                guard unknown.isEmpty else {
                    throw CommandError("These roles are not in the configuration: \(unknown.joined(separator: ", ")).")
                }
                let secret = APIToken.makeSecret()
                let now = Clock.seconds()
                let id = try instance.tokens.addToken(
                    hash: APIToken.hash(of: secret), name: name, user: user, roles: Set(role), createdAt: now,
                    expiresAt: lifetime.map { now + $0 })
                FileHandle.standardError.write(Data("Token \(id). Save it now, because it is not shown again.\n".utf8))
                print(secret)
            }
        }
    }

    /// `token list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the tokens. The tokens themselves are not stored, so they are not shown.")

        @OptionGroup var options: Options

        func run() throws {
            let instance = try options.instance()
            try reportingErrors {
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

        @Argument(help: "The number of the token, as `token list` shows it.")
        var number: Int64

        func run() throws {
            let instance = try options.instance()
            try reportingErrors {
                guard try instance.tokens.removeToken(id: number) else {
                    throw CommandError("There is no token \(number).")
                }
            }
            print("Token \(number) is revoked.")
        }
    }
}
