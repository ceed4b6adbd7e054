import ArgumentParser
import Assembly
import Core
import Foundation
import Glibc

/// `import`: takes over what the original has.
struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Takes over the configuration, the history and the logs of the original.",
        discussion: """
            The original is the PHP package PayMeService/remotisan. Stop it before. Each subcommand may be repeated: a \
            second import changes nothing. docs/moving.md has the steps.
            """,
        subcommands: [Config.self, ServerUUID.self, History.self, Logs.self])

    /// `import uuid`.
    struct ServerUUID: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "uuid",
            abstract: "Takes over the UUID of the server, so that its executions are those of this instance.",
            discussion: """
                Stop the responder and the broker before. An instance that has executions keeps its UUID.
                """)

        @OptionGroup var options: Options

        @Argument(help: "The UUID, or a file that has it, such as remotisan_server_guid.", completion: .file())
        var uuid: String

        func run() throws {
            try reportingErrors {
                var text = uuid
                if access(uuid, F_OK) == 0 {
                    text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: uuid)), as: UTF8.self)
                }
                guard let found = ImportUUID.uuid(in: text) else {
                    throw CommandError("\(uuid.sanitized) is not a UUID, nor a file with exactly one.")
                }
                let configuration = try options.configuration()
                if access(configuration.storage, F_OK) != 0 {
                    guard geteuid() != 0 else {
                        throw CommandError(
                            "\(configuration.storage) does not exist. Create it for the responder's user: install -d -o "
                                + "www-data -g www-data -m 0750 \(configuration.storage)")
                    }
                    guard mkdir(configuration.storage, 0o750) == 0 else {
                        throw SystemError("mkdir", configuration.storage)
                    }
                }
                try Account.actingAsOwner(of: configuration.storage) {
                    let kept = try ImportUUID.write(found, into: configuration.storage)
                    if kept != found { try replace(kept, with: found) }
                }
                print("This instance is \(found) now.")
            }
        }

        /// Replaces the UUID of an instance that has started before.
        private func replace(_ kept: String, with uuid: String) throws {
            let instance = try options.open().instance
            try ImportUUID.replace(
                with: uuid, in: instance.storage, instance.configuration.database.content(in: instance.storage))
        }
    }

    /// `import history`.
    struct History: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "history",
            abstract: "Imports executions from a dump of the original's table, or from its SQLite database.",
            discussion: """
                A dump is JSON (a list of objects, or one object per line), CSV with the names of the columns in its first \
                line, or the output of mysql --batch. Executions that the store has are left alone. Executions that were \
                left running are ended as lost: those of this instance by the next broker pass.
                """)

        @OptionGroup var options: Options

        @Argument(help: "The dump or the database.", completion: .file())
        var file: String

        @Flag(help: "Leave malformed rows out, instead of importing nothing.")
        var skipInvalid = false

        func run() throws {
            let path = URL(fileURLWithPath: file).path
            // The dump is opened before this program becomes the owner of the storage, who may not read it.
            let rows = try reportingErrors { try Backends.originalRows(in: path) }
            let instance = try options.instance()
            try reportingErrors {
                try instance.requireOwnPlace()
                let outcome = try ImportHistory(
                    rows, of: file,
                    into: instance.configuration.database.content(in: instance.storage), audit: instance.store,
                    by: instance.administrator, skipsInvalid: skipInvalid
                ).run()
                print("\(counted(outcome.imported, "execution")) imported, \(outcome.present) were there.")
                if outcome.lost > 0 {
                    print("\(counted(outcome.lost, "execution")) of other instances ended as lost.")
                }
                if outcome.running > 0 {
                    print(
                        "\(counted(outcome.running, "execution")) of this instance had been left running. The next broker "
                            + "pass ends them as lost.")
                }
                if outcome.isRenumbered {
                    print("They have new numbers, because the store had executions with theirs.")
                }
                if outcome.invalid > 0 { print("\(counted(outcome.invalid, "malformed row")) left out.") }
            }
        }
    }

    /// `import logs`.
    struct Logs: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "logs",
            abstract: "Copies the logs of the original's executions.",
            discussion: "Import the history before. Logs without an execution of this instance are not copied.")

        @OptionGroup var options: Options

        @Argument(help: "The value of `logger.path` of the original.", completion: .directory)
        var path: String

        func run() throws {
            let absolute = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
            let instance = try options.instance()
            try reportingErrors {
                let outcome = try ImportLogs(from: absolute, into: instance.storage, store: instance.store).run()
                print("\(counted(outcome.copied, "log")) copied, \(outcome.present) were there.")
                if outcome.foreign > 0 {
                    print(
                        "\(counted(outcome.foreign, "log")) not copied: this instance has no such executions. Run import uuid "
                            + "and import history first.")
                }
            }
        }
    }
}
