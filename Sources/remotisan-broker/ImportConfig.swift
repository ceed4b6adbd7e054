import ArgumentParser
import Assembly
import Core
import Foundation

extension Import {
    /// `import config`.
    struct Config: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "config",
            abstract: "Converts the configuration of the original.",
            discussion: """
                Prints the configuration, or writes it with --output. What is different, and what you have to decide, goes \
                to standard error. The dump is made in the application's directory with: php artisan tinker \
                --execute='echo json_encode(config("remotisan"));' > remotisan.json
                """)

        @Argument(help: "The dump of the original's configuration, in JSON; - for standard input.", completion: .file())
        var dump: String

        @Option(
            help: "The directory of the Laravel application. Default: the one in the dump, or before /storage/.",
            completion: .directory)
        var application: String?

        @Option(help: "The storage of the new instance.", completion: .directory)
        var storage = ConfigurationSource.defaultStorage

        @Option(help: "The value of `database`, without a password. Default: SQLite.")
        var database: String?

        @Option(help: "The value of `database_password_file`.", completion: .file())
        var passwordFile: String?

        @Option(help: "Write to this file. One with other content is not replaced.", completion: .file())
        var output: String?

        @Flag(help: "Replace the file of --output.")
        var force = false

        func run() throws {
            try reportingErrors {
                if let database {
                    do throws(AddressError) {
                        guard try !Backends.all.store(database, passwordFile: passwordFile).containsPassword else {
                            throw AddressError("it contains a password. Use --password-file.")
                        }
                    } catch {
                        throw CommandError("--database: \(error.message)")
                    }
                }
                let original = try OriginalConfiguration(read(), of: dump)
                let (yaml, remarks) = try original.converted(
                    .init(
                        application: application, storage: storage, database: database, passwordFile: passwordFile),
                    checkedBy: ConfigurationReader(environment: [:]))
                for remark in remarks { FileHandle.standardError.write(Data("\(remark)\n".utf8)) }
                guard let output else { return print(yaml, terminator: "") }
                let isNew = try WrittenFile.write(yaml, to: output, replaces: force)
                print(isNew ? "\(output) written." : "\(output) has this content already.")
            }
        }

        private func read() throws -> Data {
            guard dump != "-" else { return FileHandle.standardInput.readDataToEndOfFile() }
            do { return try Data(contentsOf: URL(fileURLWithPath: dump)) } catch {
                throw CommandError("\(dump) cannot be read. Name the dump of the configuration.")
            }
        }
    }
}
