import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Core

/// An installation for one test: a directory, a web server and the responder. Everything that it starts ends with it.
final class Installation: Sendable {
    let web: WebServer
    /// `url:` of the configuration.
    let url: String
    /// Port of the web server.
    let port = Ports.take()
    private let application = Ports.take()
    private let asksApplication: Bool
    /// The directory that contains everything.
    let directory: String
    /// `storage:` of the configuration.
    let storage: String
    /// Working directory of the jobs.
    let work: String
    /// Path of the configuration.
    let configuration: String
    /// Socket of the responder.
    let socket: String

    /// The file system of the storage; nil if it has none of its own.
    let disk: SmallDisk?

    /// Directory of the programs.
    let programs: String

    private let temporary: TemporaryDirectory
    private let serverCommand: [String]
    /// Additional environment variables of responder and brokers.
    private let environment: [String: String]
    private let started = Mutex<[SpawnedProcess]>([])
    private let current = Mutex<(server: SpawnedProcess?, responder: SpawnedProcess?)>((nil, nil))

    /// Creates an installation behind a web server, starts it, and ends it after `body`.
    ///
    /// - Parameters:
    ///   - web: The web server.
    ///   - sample: The configuration.
    ///   - site: The complete example for nginx. The example with auth_request gets an application to ask.
    ///   - alone: Whether no other installation may run meanwhile.
    ///   - diskBytes: Size of a separate file system for the storage; nil for none.
    ///   - environment: Additional environment variables of responder and brokers.
    ///   - url: `url:` of the configuration, which the exported files of the web server follow.
    ///   - programs: Directory of the programs.
    ///   - body: The test.
    static func run(
        _ web: WebServer = .nginx, _ sample: SampleConfiguration = SampleConfiguration(),
        site: String = "nginx/example-auth-basic.conf", alone: Bool = false, diskBytes: Int? = nil,
        environment: [String: String] = [:], url: String = "remotisan", programs: String = Places.programs,
        _ body: (Installation) async throws -> Void
    ) async throws {
        try await Slots.shared.run(alone: alone) {
            let installation = try Installation(web, sample, site, diskBytes, environment, url: url, programs: programs)
            do {
                try await installation.start()
                try await body(installation)
            } catch {
                await installation.end()
                installation.explain(error)
                throw error
            }
            await installation.end()
        }
    }

    init(
        _ web: WebServer, _ sample: SampleConfiguration, _ site: String, _ diskBytes: Int?,
        _ environment: [String: String] = [:], url: String = "remotisan", programs: String = Places.programs
    ) throws {
        self.programs = programs
        self.web = web
        self.url = url
        self.environment = environment
        asksApplication = site.contains("auth-request")
        temporary = try TemporaryDirectory()
        directory = temporary.path
        storage = directory + "/storage"
        work = directory + "/work"
        configuration = directory + "/remotisan.yaml"
        socket = directory + "/remotisan.sock"
        for made in [directory, storage, work, directory + "/runtime"] {
            mkdir(made, 0o755)
            if ServiceAccount.isSeparate { chown(made, ServiceAccount.user, ServiceAccount.group) }
        }
        disk = try diskBytes.map { [storage] bytes in try SmallDisk(on: storage, bytes: bytes) }
        let yaml = "url: \(url)\n" + sample.yaml(storage: storage, work: work).replacing("@PORT@", with: "\(port)")
        try yaml.write(toFile: configuration, atomically: false, encoding: .utf8)
        chmod(configuration, 0o644)
        serverCommand = try web.prepare(
            ServerPlaces(
                server: directory + "/server", runtime: directory + "/runtime", port: port, socket: socket,
                configuration: configuration, storage: storage, site: site, application: application, url: url))
    }

    func start() async throws {
        #expect(try await broker("migrate").status == 0)
        if !web.startsResponder { try startResponder() }
        if asksApplication {
            try spawn([Places.fixtures + "/session-application", "\(application)"], output: "application.log")
        }
        try startServer()
        try await untilAnswering()
    }

    /// Starts a program as the service account. It is stopped with the installation.
    @discardableResult
    func spawn(
        _ command: [String], environment: [String: String] = [:], input: borrowing Descriptor? = nil,
        output: String, errors: String? = nil, asService: Bool = true
    ) throws -> SpawnedProcess {
        let process = try SpawnedProcess(
            asService ? ServiceAccount.command(command) : command,
            environment: self.environment.merging(environment) { _, own in own }, input: input,
            output: "\(directory)/\(output)", errors: errors.map { "\(directory)/\($0)" })
        started.withLock { $0.append(process) }
        return process
    }

    /// The responder; nil if the web server starts it.
    var responder: SpawnedProcess? { current.withLock { $0.responder } }
    /// The web server.
    var server: SpawnedProcess? { current.withLock { $0.server } }

    func startResponder() throws {
        let process = try spawn(
            [programs + "/remotisan-fcgi", "--config", configuration, "--listen", "unix:" + socket],
            output: "responder.log")
        current.withLock { $0.responder = process }
    }

    func startServer() throws {
        let process = try spawn(serverCommand, output: "server.log", asService: false)
        current.withLock { $0.server = process }
    }

    /// Waits until a request reaches the responder.
    func untilAnswering() async throws {
        try await waitUntil("\(web.testDescription) and the responder answer") {
            if let ending = server?.ending { throw ProcessEndedError(what: "The web server", ending: ending) }
            if let ending = responder?.ending { throw ProcessEndedError(what: "The responder", ending: ending) }
            let known = [Visitor.basic("ann"), Visitor.session("ann:support")]
            let reply = try? await send(HTTPRequest(target: "/\(url)/health", headers: known))
            return reply?.status == 200
        }
    }

    /// Sends a request to the web server and reads the response.
    func send(_ request: HTTPRequest) async throws -> HTTPReply {
        try await request.sent(to: port)
    }

    func end() async {
        for process in started.withLock({ $0 }).reversed() {
            await process.stop()
        }
        await Leftovers(of: directory).end()
        disk?.unmount()
    }

    /// Prints the logs of the servers for a failed test.
    func explain(_ error: any Error) {
        for name in ["responder.log", "server.log", "server/error.log", "broker.log"] {
            guard let text = try? String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8), !text.isEmpty
            else { continue }
            print("--- \(web.testDescription), \(name), after \(error):\n\(text.suffix(3000))")
        }
    }
}

/// A server that ended unexpectedly.
struct ProcessEndedError: Error {
    let what: String
    let ending: SpawnedProcess.Ending
}
