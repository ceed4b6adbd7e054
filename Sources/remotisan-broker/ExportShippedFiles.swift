import ArgumentParser
import Core
import Foundation
import Shipped

/// `export config`, `export nginx` …: what an administrator installs, with this instance's places filled in.
protocol ExportShippedFiles: ParsableCommand {
    /// The directory of the repository.
    static var kind: String { get }
    var exporting: ExportOptions { get }
}

/// What these take.
struct ExportOptions: ParsableArguments {
    @OptionGroup var options: Options

    @Argument(help: "The directory; it is made if it is not there.")
    var directory = "."

    @Option(help: "Where the responder listens.")
    var socket = "/run/remotisan/remotisan.sock"

    @Flag(help: "Replace files that are there already.")
    var force = false

    /// The instance's places; those of the files where there is no configuration yet.
    func places() throws -> ShippedFiles.Places {
        let environment = ProcessInfo.processInfo.environment
        let isNamed = options.config != nil || environment["REMOTISAN_CONFIG"] != nil
        let isThere = FileManager.default.fileExists(atPath: ConfigurationReader.defaultPath)
        let programs = try Programs.besideThisOne().broker
        var places = ShippedFiles.Places(
            socket: socket, programs: String(programs[..<(programs.lastIndex(of: "/") ?? programs.startIndex)]))
        guard isNamed || isThere else { return places }
        let configuration = try options.configuration()
        places.configuration = configuration.path
        places.storage = configuration.storage
        places.logs = configuration.logger.path ?? configuration.storage + "/logs"
        places.url = configuration.url
        if let owner = FileFacts(configuration.storage)?.owner, owner != 0, let account = Account(uid: owner) {
            places.account = account.name
        }
        return places
    }
}

extension ExportShippedFiles {
    func run() throws {
        try explained {
            let files = ShippedFiles.filled(Self.kind, try exporting.places())
            let written = try ExportFiles(
                files: files, directory: exporting.directory, force: exporting.force
            ).write()
            print("\(written) files were written to \(URL(fileURLWithPath: exporting.directory).path).")
        }
    }
}
