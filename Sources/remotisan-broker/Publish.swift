import ArgumentParser
import Core
import Foundation
import Page

/// `publish`: hands out what is built in, for editing.
struct Publish: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copies what is built into the programs, for editing.",
        discussion: "A file that is there already is left as it is, and named, unless --force is given.",
        subcommands: [Views.self, Config.self, Nginx.self, Apache.self, Systemd.self, Cron.self])

    /// `publish views`.
    struct Views: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copies the page's files into a directory; `views:` in the configuration uses them.")

        @OptionGroup var options: Options

        @Argument(help: "The directory; it is made if it is not there.")
        var directory: String

        @Flag(help: "Replace files that are there already.")
        var force = false

        func run() throws {
            try explained {
                let files = EmbeddedPage.files
                let written = try PublishFiles(files: files, directory: directory, force: force).write()
                let path = URL(fileURLWithPath: directory).path
                print("\(written) files were written to \(path). Set `views: \(path)`.")
            }
        }
    }

    /// `publish config`.
    struct Config: PublishShipped {
        static let kind = "config"
        static let configuration = CommandConfiguration(abstract: "A configuration to start from.")
        @OptionGroup var publishing: PublishingOptions
    }

    /// `publish nginx`.
    struct Nginx: PublishShipped {
        static let kind = "nginx"
        static let configuration = CommandConfiguration(abstract: "The snippets and complete servers for nginx.")
        @OptionGroup var publishing: PublishingOptions
    }

    /// `publish apache`.
    struct Apache: PublishShipped {
        static let kind = "apache"
        static let configuration = CommandConfiguration(abstract: "One file each for Apache's three ways.")
        @OptionGroup var publishing: PublishingOptions
    }

    /// `publish systemd`.
    struct Systemd: PublishShipped {
        static let kind = "systemd"
        static let configuration = CommandConfiguration(abstract: "Units, socket, timer and tmpfiles.d for systemd.")
        @OptionGroup var publishing: PublishingOptions
    }

    /// `publish cron`.
    struct Cron: PublishShipped {
        static let kind = "cron"
        static let configuration = CommandConfiguration(abstract: "The broker's line for /etc/cron.d.")
        @OptionGroup var publishing: PublishingOptions
    }
}
