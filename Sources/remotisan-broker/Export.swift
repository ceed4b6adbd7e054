import ArgumentParser
import Core
import Foundation
import Page

/// `export`: writes built-in files, so that they can be edited.
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes the files of the page, the configuration or a server, so that you can edit them.",
        discussion: """
            Without a directory, the files are printed. In a directory, a file that exists is kept and named, unless \
            --force is given.
            """,
        subcommands: [Page.self, Config.self, Nginx.self, Apache.self, Systemd.self, Cron.self], aliases: ["publish"])

    /// `export page`.
    struct Page: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "page",
            abstract: "Writes the files of the page. Set `page_directory` to use them.",
            aliases: ["views"])

        @OptionGroup var options: Options

        @Argument(help: "The directory. It is created if it does not exist.", completion: .directory)
        var directory: String

        @Flag(help: "Replace files that exist.")
        var force = false

        func run() throws {
            try reportingErrors {
                let files = EmbeddedPage.files
                let written = try ExportFiles(files: files, directory: directory, force: force).write()
                let path = URL(fileURLWithPath: directory).path
                print("\(counted(written, "file")) written to \(path). Set `page_directory: \(path)`.")
            }
        }
    }

    /// `export config`.
    struct Config: ExportShippedFiles {
        static let kind = "config"
        static let configuration = CommandConfiguration(
            commandName: "config", abstract: "Writes a sample configuration.")
        @OptionGroup var exporting: ExportOptions
    }

    /// `export nginx`.
    struct Nginx: ExportShippedFiles {
        static let kind = "nginx"
        static let configuration = CommandConfiguration(
            commandName: "nginx", abstract: "Writes the snippets and complete servers for nginx.")
        @OptionGroup var exporting: ExportOptions
    }

    /// `export apache`.
    struct Apache: ExportShippedFiles {
        static let kind = "apache"
        static let configuration = CommandConfiguration(
            commandName: "apache",
            abstract: "Writes one file each for mod_proxy_fcgi, mod_fcgid and mod_cgid of Apache.")
        @OptionGroup var exporting: ExportOptions
    }

    /// `export systemd`.
    struct Systemd: ExportShippedFiles {
        static let kind = "systemd"
        static let configuration = CommandConfiguration(
            commandName: "systemd",
            abstract: "Writes the units and the tmpfiles.d file for systemd.")
        @OptionGroup var exporting: ExportOptions
    }

    /// `export cron`.
    struct Cron: ExportShippedFiles {
        static let kind = "cron"
        static let configuration = CommandConfiguration(
            commandName: "cron",
            abstract: "Writes the file for /etc/cron.d that starts the broker.")
        @OptionGroup var exporting: ExportOptions
    }
}
