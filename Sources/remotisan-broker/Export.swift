import ArgumentParser
import Core
import Foundation
import Page

/// `export`: hands out what is built in, for editing.
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copies what is built into the programs, for editing.",
        discussion: "A file that is there already is left as it is, and named, unless --force is given.",
        subcommands: [Page.self, Config.self, Nginx.self, Apache.self, Systemd.self, Cron.self], aliases: ["publish"])

    /// `export page`.
    struct Page: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copies the page's files into a directory; `page_directory` in the configuration uses them.",
            aliases: ["views"])

        @OptionGroup var options: Options

        @Argument(help: "The directory; it is made if it is not there.")
        var directory: String

        @Flag(help: "Replace files that are there already.")
        var force = false

        func run() throws {
            try explained {
                let files = EmbeddedPage.files
                let written = try ExportFiles(files: files, directory: directory, force: force).write()
                let path = URL(fileURLWithPath: directory).path
                print("\(written) files were written to \(path). Set `page_directory: \(path)`.")
            }
        }
    }

    /// `export config`.
    struct Config: ExportShippedFiles {
        static let kind = "config"
        static let configuration = CommandConfiguration(abstract: "A configuration to start from.")
        @OptionGroup var exporting: ExportOptions
    }

    /// `export nginx`.
    struct Nginx: ExportShippedFiles {
        static let kind = "nginx"
        static let configuration = CommandConfiguration(abstract: "The snippets and complete servers for nginx.")
        @OptionGroup var exporting: ExportOptions
    }

    /// `export apache`.
    struct Apache: ExportShippedFiles {
        static let kind = "apache"
        static let configuration = CommandConfiguration(abstract: "One file each for Apache's three ways.")
        @OptionGroup var exporting: ExportOptions
    }

    /// `export systemd`.
    struct Systemd: ExportShippedFiles {
        static let kind = "systemd"
        static let configuration = CommandConfiguration(abstract: "Units, socket, timer and tmpfiles.d for systemd.")
        @OptionGroup var exporting: ExportOptions
    }

    /// `export cron`.
    struct Cron: ExportShippedFiles {
        static let kind = "cron"
        static let configuration = CommandConfiguration(abstract: "The broker's line for /etc/cron.d.")
        @OptionGroup var exporting: ExportOptions
    }
}
