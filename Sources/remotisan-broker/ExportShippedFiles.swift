import ArgumentParser
import Core
import Foundation
import Shipped

/// `export config`, `export nginx` and so on: writes shipped files, adapted to this instance.
protocol ExportShippedFiles: ParsableCommand {
    /// The directory of the shipped files, such as `nginx`.
    static var kind: String { get }
    var exporting: ExportOptions { get }
}

/// The options of these subcommands.
struct ExportOptions: ParsableArguments {
    @OptionGroup var options: Options

    @Argument(
        help: "The directory. It is created if it does not exist. Without it, the files are printed.",
        completion: .directory)
    var directory: String?

    @Option(help: "The socket on which the responder listens.")
    var socket = "/run/remotisan/remotisan.sock"

    @Option(help: "The user of the service. Default: the owner of the storage.")
    var account: String?

    @Flag(help: "Replace files that exist.")
    var force = false

    /// The paths and names of this instance. Without a configuration they are those of the shipped files.
    func places() throws -> ShippedFiles.Places {
        let environment = ProcessInfo.processInfo.environment
        let isNamed = options.config != nil || environment["REMOTISAN_CONFIG"] != nil
        let isThere = FileManager.default.fileExists(atPath: ConfigurationReader.defaultPath)
        let programs = try Programs.besideThisOne().broker
        var places = ShippedFiles.Places(
            socket: socket, programs: String(programs[..<(programs.lastIndex(of: "/") ?? programs.startIndex)]))
        if let account { places.account = account }
        guard isNamed || isThere else { return places }
        let configuration = try options.configuration()
        places.configuration = configuration.path
        places.storage = configuration.storage
        // nginx follows no link on the way to a log.
        let logs = configuration.logger.path ?? configuration.storage + "/logs"
        places.logs = URL(fileURLWithPath: logs).resolvingSymlinksInPath().path
        places.url = configuration.url
        if account == nil, let owner = FileFacts(configuration.storage)?.owner, owner != 0,
            let account = Account(uid: owner)
        {
            places.account = account.name
        }
        return places
    }
}

extension ExportShippedFiles {
    func run() throws {
        try reportingErrors {
            let files = ShippedFiles.filled(Self.kind, try exporting.places())
            guard let directory = exporting.directory else {
                guard !exporting.force else { throw CommandError("--force has no effect without a directory.") }
                return try Self.print(files)
            }
            let written = try ExportFiles(
                files: files, directory: directory, force: exporting.force
            ).write()
            Swift.print("\(counted(written, "file")) written to \(URL(fileURLWithPath: directory).path).")
        }
    }

    /// Prints files. If there are several, a comment with its name precedes each.
    private static func print(_ files: [String: [UInt8]]) throws {
        for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
            if files.count > 1 { try StandardOutput.write("### \(name)\n") }
            try StandardOutput.write(bytes)
        }
        try StandardOutput.flush()
    }
}
