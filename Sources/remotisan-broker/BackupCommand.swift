import ArgumentParser
import Assembly
import Core
import Foundation
import Glibc

/// `backup`: writes the store, the UUID and the secret to one file.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Writes a backup of the instance to one file, while it runs.",
        discussion: """
            The file has the history, tokens, queued executions, the UUID, the secret, and the records of jobs. Only \
            its owner may read it. It is read again before it gets its name. For PostgreSQL use pg_dump.
            """)

    @OptionGroup var options: Options

    @Argument(help: "The file to write.", completion: .file())
    var file: String

    @Flag(help: "Include the logs.")
    var logs = false

    @Flag(help: "Replace the file if it exists.")
    var force = false

    func run() throws {
        try reportingErrors {
            let configuration = try options.source.choose(decides: false).configuration
            guard access(configuration.storage, F_OK) == 0 else {
                throw StorageError.unusable(path: configuration.storage, reason: SystemError.text(of: errno) + ".")
            }
            // As the owner, because opening creates missing files. The backup itself may be where only root writes.
            let storage = try Account.actingAsOwner(of: configuration.storage) {
                try Storage(at: configuration.storage, logs: configuration.logger.path)
            }
            let path = file.hasPrefix("/") ? file : FileManager.default.currentDirectoryPath + "/" + file
            try configuration.database.write(
                Backup(of: storage, to: path, hasLogs: logs, replacesFile: force))
            let bytes = FileStatus(ofPath: path)?.size ?? 0
            print("\(path): \(bytes >> 10) KiB, checked.")
        }
    }
}

/// `restore`: restores a backup into an empty storage.
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Restores a backup into an empty storage.",
        discussion: """
            Stop the responder and the broker before. Executions that were queued at the backup are ended, because \
            they may have run or been cancelled since. The next broker pass settles the others by the files of their \
            jobs.
            """)

    @OptionGroup var options: Options

    @Argument(help: "The backup.", completion: .file())
    var file: String

    @Flag(help: "Restore although the storage has content, and although jobs run. The earlier store is kept.")
    var force = false

    @Flag(help: "Keep executions queued that were queued at the backup, so that they start.")
    var keepQueued = false

    func run() throws {
        try reportingErrors {
            let configuration = try options.configuration()
            if geteuid() == 0, access(configuration.storage, F_OK) != 0 {
                throw CommandError(
                    "\(configuration.storage) does not exist. Create it for the responder's user: install -d -o "
                        + "www-data -g www-data -m 0750 \(configuration.storage)", .notFound)
            }
            let path = file.hasPrefix("/") ? file : FileManager.default.currentDirectoryPath + "/" + file
            let outcome = try configuration.database.restore(
                Restore(
                    of: path, into: configuration.storage, logs: configuration.logger.path, isForced: force,
                    keepsQueued: keepQueued))
            let date = Date(timeIntervalSince1970: TimeInterval(outcome.madeAt)).formatted(.iso8601)
            print("\(counted(outcome.executions, "execution")) restored, as of \(date).")
            if outcome.ran > 0 {
                print(
                    "\(counted(outcome.ran, "queued execution")) had run since. The broker settles them by their files."
                )
            }
            if outcome.cancelled > 0 {
                print("\(counted(outcome.cancelled, "queued execution")) ended without a start.")
            }
            if let first = outcome.unknown.first {
                print(
                    "\(counted(outcome.unknown.count, "job")) with files, such as \(first), are newer than the backup. "
                        + "Their logs are kept.")
            }
            if let replaced = outcome.replaced { print("The earlier store is \(replaced).") }
        }
    }
}
