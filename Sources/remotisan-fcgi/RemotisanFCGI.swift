import ArgumentParser
import Assembly
import Core
import FastCGI
import Foundation
import Glibc
import Logging
import Web

/// The responder as a program.
package enum ResponderMain {
    /// Runs this process as the responder.
    package static func main() { RemotisanFCGI.main() }
}

/// The responder: answers the requests of the web server, over FastCGI or as a CGI program.
struct RemotisanFCGI: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remotisan-fcgi",
        abstract: "Serves the page and the HTTP API behind a web server, over FastCGI or CGI.",
        discussion: """
            Accepts FastCGI connections on --listen, or on descriptor 0 if spawn-fcgi, mod_fcgid or systemd passes a \
            socket there. If a web server starts it as a CGI program, it answers one request. It then ignores all \
            options, so only $REMOTISAN_CONFIG can name another configuration file.
            """,
        version: "remotisan-fcgi \(ProgramVersion.current)")

    @Option(
        help: "The configuration file. Default: $REMOTISAN_CONFIG, then /etc/remotisan/remotisan.yaml.",
        completion: .file())
    var config: String?

    @Option(help: "The address to listen on, such as unix:/path or 127.0.0.1:9000.")
    var listen: String?

    @Option(help: "The number of requests that are answered at the same time. Default: `threads` in the configuration.")
    var threads: Int?

    /// A CGI program gets words of the query as arguments (RFC 3875, section 4.4). They are not parsed, because a
    /// client must not choose options.
    static func main() {
        ChildProcess.closeMemory()
        umask(0o027)
        if CGIExchange.isRequested {
            run { try answerOnce() }
        } else {
            main(nil)
        }
    }

    func validate() throws {
        if let threads, !(1...256).contains(threads) {
            throw ValidationError("--threads takes a number from 1 to 256.")
        }
    }

    func run() throws {
        let source = Self.makeSource(config)
        Self.run(configuredBy: source.path) {
            FastCGIServer.keepReload()
            let log = Self.makeLogger(.info)
            // Before a socket is made for nothing.
            _ = try source.choose(decides: true)
            // Root may listen where the owner of the storage may not.
            let socket: ListeningSocket
            if let listen {
                socket = try ListeningSocket(listeningOn: listen)
            } else if let inherited = ListeningSocket(inherited: 0) {
                socket = inherited
            } else {
                throw ValidationError(
                    "There is no socket to listen on: descriptor 0 is not a listening socket. Use --listen unix:/path."
                )
            }
            do {
                try serve(socket, configuredBy: source, log: log)
            } catch {
                if let listen, listen.hasPrefix("unix:") { unlink(String(listen.dropFirst("unix:".count))) }
                throw error
            }
        }
    }

    private func serve(
        _ socket: consuming ListeningSocket, configuredBy source: ConfigurationSource, log: Logger
    ) throws {
        let (served, responder) = try ServedInstance.open(source, log: log)
        let threads = threads ?? served.configuration.threads
        let server = try FastCGIServer(
            socket: socket, responder: responder, peers: served.configuration.allowedSocketUsers, threads: threads,
            log: log)
        try ChildProcess.reapInherited()
        for name in Launcher.passwords.sorted() where ProcessInfo.processInfo.environment[name] != nil {
            log.warning(
                """
                \(name) is in the environment. Brokers do not get it, so they cannot use the database. Write the \
                password to a file and name it in database_password_file.
                """)
        }
        log.notice("ready", metadata: ["threads": "\(threads)"])
        let open = server.run(every: LiveConfiguration.interval) { isForced in
            served.check(isForced: isForced) { responder, configuration in
                server.use(responder, peers: configuration.allowedSocketUsers)
            }
        }
        if let open { throw Self.startAgain(on: open) }
        // Not by returning, because that closes the store. libdispatch needs a thread to release a queue of GRDB, and
        // waits until the system has room for one.
        Foundation.exit(0)
    }

    /// Replaces this process by a new one that serves the same socket.
    ///
    /// - Returns: Why that is not possible.
    private static func startAgain(on socket: Int32) -> SystemError {
        guard dup2(socket, STDIN_FILENO) == 0 else { return SystemError("dup2", "the socket") }
        let isListen = { (word: String) in word == "--listen" || word.hasPrefix("--listen=") }
        var words = CommandLine.arguments
        while let index = words.firstIndex(where: isListen) {
            words.removeSubrange(index..<min(index + (words[index] == "--listen" ? 2 : 1), words.count))
        }
        let arguments = words.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        let program = (try? Programs.ownPath()) ?? "/proc/self/exe"
        execv(program, arguments)
        return SystemError("execv", program)
    }

    private static func answerOnce() throws {
        let log = makeLogger(.notice)
        let served = try ServedInstance.open(makeSource(nil), isForOneRequest: true, log: log)
        // The kernel closes and frees all at once. If SQLite closed the database, it would copy the write-ahead log.
        withExtendedLifetime(served) {
            CGIExchange.run(served.responder)
            Foundation.exit(0)
        }
    }

    private static func makeSource(_ path: String?) -> ConfigurationSource {
        ConfigurationSource(
            ConfigurationReader(environment: ProcessInfo.processInfo.environment), named: path, by: .responder)
    }

    private static func makeLogger(_ level: Logger.Level) -> Logger {
        StandardError.logger("remotisan-fcgi", level: level)
    }

    /// Runs `body`. Its error is printed to standard error, which is the web server's log, and the exit code is 1.
    ///
    /// - Parameter configuration: The file whose change may mend the error; nil for a CGI program.
    private static func run(configuredBy configuration: String? = nil, _ body: () throws -> Void) {
        do {
            try body()
        } catch {
            StandardError.report("\(error)", of: "remotisan-fcgi")
            if let configuration { FailedStart.wait(for: configuration) }
            Foundation.exit(1)
        }
    }
}
