import ArgumentParser
import Assembly
import Core
import FastCGI
import Foundation
import Glibc
import Logging
import Web

/// The responder: answers the requests of the web server, over FastCGI or as a CGI program.
@main
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

    @Option(help: "The configuration file. Default: $REMOTISAN_CONFIG, then /etc/remotisan/remotisan.yaml.")
    var config: String?

    @Option(help: "The address to listen on, such as unix:/path or 127.0.0.1:9000.")
    var listen: String?

    @Option(help: "The number of requests that are answered at the same time. Default: `threads` in the configuration.")
    var threads: Int?

    /// A CGI program gets words of the query as arguments (RFC 3875, section 4.4). They are not parsed, because a
    /// client must not choose options.
    static func main() {
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
        Self.run {
            let log = Self.makeLogger(.info)
            let configuration = try Self.readConfiguration(config)
            let threads = threads ?? configuration.threads
            let responder = try Self.makeResponder(configuration, log: log)
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
            let server = try FastCGIServer(
                socket: socket, responder: responder, peers: configuration.allowedSocketUsers, log: log)
            ChildProcess.reapInherited()
            log.notice("ready", metadata: ["threads": "\(threads)"])
            server.run(threads: threads)
        }
    }

    private static func answerOnce() throws {
        let log = makeLogger(.notice)
        CGIExchange.run(try makeResponder(try readConfiguration(nil), isForOneRequest: true, log: log))
    }

    private static func readConfiguration(_ path: String?) throws -> Configuration {
        try ConfigurationReader(environment: ProcessInfo.processInfo.environment).read(path)
    }

    private static func makeResponder(
        _ configuration: Configuration, isForOneRequest: Bool = false, log: Logger
    ) throws -> Responder {
        let instance = try Instance(configuration, log: log)
        if !isForOneRequest {
            do throws(StoreError) {
                try instance.heartbeat.register()
            } catch {
                // Not fatal: the broker registers the instance again every few seconds.
                log.error("the instance could not be registered", metadata: ["error": "\(error)"])
            }
        }
        let launcher = Launcher(
            programs: try Programs.besideThisOne(), storage: instance.storage, configuration: configuration.path,
            maxLogBytes: configuration.logger.maxBytes)
        return try WebApplication.responder(
            configuration, storage: instance.storage, catalogue: instance.catalogue, store: instance.store,
            tokens: instance.tokens, registry: instance.registry, killList: instance.killList, launcher: launcher,
            isForOneRequest: isForOneRequest, log: log)
    }

    private static func makeLogger(_ level: Logger.Level) -> Logger {
        var log = Logger(label: "remotisan-fcgi") { StreamLogHandler.standardError(label: $0) }
        log.logLevel = level
        return log
    }

    /// Runs `body`. Its error is printed to standard error, which is the web server's log, and the exit code is 1.
    private static func run(_ body: () throws -> Void) {
        do {
            try body()
        } catch {
            FileHandle.standardError.write(Data("remotisan-fcgi: \(error)\n".utf8))
            Foundation.exit(1)
        }
    }
}
