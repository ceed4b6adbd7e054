import ArgumentParser
import Core
import Foundation
import Page

/// `publish`: hands out what is built in, for editing.
struct Publish: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copies what is built into the programs, for editing.", subcommands: [Views.self])

    /// `publish views`.
    struct Views: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copies the page's files into a directory; `views:` in the configuration uses them.",
            discussion: "A file that is there already is left as it is, and named, unless --force is given.")

        @OptionGroup var options: Options

        @Argument(help: "The directory; it is made if it is not there.")
        var directory: String

        @Flag(help: "Replace files that are there already.")
        var force = false

        func run() throws {
            try explained {
                let manager = FileManager.default
                try manager.createDirectory(atPath: directory, withIntermediateDirectories: true)
                var kept: [String] = []
                for (name, bytes) in EmbeddedPage.files.sorted(by: { $0.key < $1.key }) {
                    let path = "\(directory)/\(name)"
                    if !force, manager.fileExists(atPath: path) {
                        kept.append(name)
                        continue
                    }
                    try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
                }
                for name in kept { print("kept: \(name)") }
                print("\(EmbeddedPage.files.count - kept.count) files are in \(directory). Set `views: \(directory)`.")
            }
        }
    }
}
