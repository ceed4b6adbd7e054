import Foundation
import Glibc
import Synchronization

/// A real PostgreSQL server with a data directory of its own, on a Unix socket and a port of the loopback. It ends with
/// the last reference to it.
package final class PostgreSQLProcess: Sendable {
    /// Directory of its Unix socket.
    package var socket: String { directory.path }
    /// Where on the loopback it listens; there it wants the ``password``.
    package let port: UInt16
    /// The password of `postgres`.
    package static let password = "p'ass word=%"

    private let directory: TemporaryDirectory
    private let running = Mutex<Process?>(nil)
    private var data: String { directory.path + "/data" }

    /// One for all tests of this process that only use it.
    package static let shared: Result<PostgreSQLProcess, any Error> = Result {
        // Static values have no end.
        atexit { PostgreSQLProcess.endShared() }
        return try PostgreSQLProcess()
    }

    private static func endShared() {
        guard let server = try? shared.get() else { return }
        server.stop()
        try? FileManager.default.removeItem(atPath: server.directory.path)
    }

    /// The certificate that it shows, signed by itself, for `localhost`; where it speaks TLS.
    package var certificate: String { directory.path + "/server.crt" }
    private let speaksTLS: Bool

    /// Makes a cluster and starts its server.
    ///
    /// - Parameter speaksTLS: Whether it has a ``certificate``.
    /// - Throws: `PostgreSQLProcessError`, and what starting a process throws.
    package init(speaksTLS: Bool = false) throws {
        self.speaksTLS = speaksTLS
        directory = try TemporaryDirectory()
        port = try Self.freePort()
        guard chown(directory.path, Self.account.user, Self.account.group) == 0 else {
            throw PostgreSQLProcessError.failed("chown \(directory.path)")
        }
        let secret = directory.path + "/password"
        try Self.password.write(toFile: secret, atomically: false, encoding: .utf8)
        try Self.run(
            "initdb", "--pgdata", data, "--no-sync", "--encoding", "UTF8", "--locale", "C.UTF-8", "--username",
            "postgres", "--auth-local", "trust", "--auth-host", "scram-sha-256", "--pwfile", secret)
        if speaksTLS {
            let key = directory.path + "/server.key"
            try SelfSigned.make(certificate: certificate, key: key)
            // It reads no key that others could read, too.
            guard chown(key, Self.account.user, Self.account.group) == 0, chmod(key, 0o600) == 0 else {
                throw PostgreSQLProcessError.failed("chown \(key)")
            }
        }
        try start()
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(atPath: data)
    }

    /// What a configuration says of a database of it, over the socket.
    package func address(_ database: String) -> String {
        "host=\(socket) port=\(port) user=postgres dbname=\(database)"
    }

    /// A new, empty database; its name.
    ///
    /// - Throws: `PostgreSQLProcessError`, and what starting a process throws.
    package func makeDatabase() throws -> String {
        let name = "test_\(UInt64.random(in: 0 ... .max))"
        try Self.run("createdb", "--host", socket, "--port", "\(port)", "--username", "postgres", name)
        return name
    }

    /// Does SQL by hand, and gives back what psql prints: a row a line, columns with a bar between.
    ///
    /// - Throws: `PostgreSQLProcessError`, and what starting a process throws.
    @discardableResult
    package func sql(_ text: String, in database: String) throws -> String {
        try Self.run(
            "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1", "--host",
            socket, "--port", "\(port)", "--username", "postgres", "--dbname", database, "--command", text)
    }

    /// Starts it again, with the data that it had, and returns when it answers.
    ///
    /// - Throws: `PostgreSQLProcessError`, and what starting a process throws.
    package func start() throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let process = Self.process(
                "postgres",
                [
                    "-D", data, "-k", directory.path, "-h", "127.0.0.1", "-p", "\(port)", "-c", "max_connections=200",
                    "-c", "shared_buffers=32MB",
                ]
                    + (speaksTLS
                        ? [
                            "-c", "ssl=on", "-c", "ssl_cert_file=\(certificate)", "-c",
                            "ssl_key_file=\(directory.path)/server.key",
                        ] : []))
            let log = directory.path + "/log"
            if !FileManager.default.fileExists(atPath: log) {
                _ = FileManager.default.createFile(atPath: log, contents: nil)
            }
            let output = FileHandle(forWritingAtPath: log)
            _ = try output?.seekToEnd()
            process.standardError = output ?? .nullDevice
            process.standardOutput = process.standardError
            try process.run()
            while process.isRunning, ContinuousClock.now < deadline {
                if isAnswering {
                    running.withLock { $0 = process }
                    return
                }
                usleep(20_000)
            }
            // After a SIGKILL the old one's processes may take a moment to notice, and hold the data until then.
            guard ContinuousClock.now < deadline else {
                if process.isRunning { kill(process.processIdentifier, SIGKILL) }
                throw PostgreSQLProcessError.failed((try? String(contentsOfFile: log, encoding: .utf8)) ?? "postgres")
            }
            usleep(100_000)
        }
    }

    /// Ends it, and returns when it is gone.
    ///
    /// - Parameter number: SIGINT ends it in order, whoever is connected; SIGKILL as a crash does.
    package func stop(_ number: Int32 = SIGINT) {
        let process = running.withLock { running in
            defer { running = nil }
            return running
        }
        guard let process else { return }
        kill(process.processIdentifier, number)
        process.waitUntilExit()
    }

    /// Its first process, while it runs.
    package var pid: pid_t? { running.withLock { $0?.processIdentifier } }

    private var isAnswering: Bool {
        (try? Self.run("pg_isready", "--quiet", "--host", socket, "--port", "\(port)")) != nil
    }

    /// The account that it runs as: as root nobody may run PostgreSQL, as everybody else one can only be oneself.
    private static let account: (user: uid_t, group: gid_t) = {
        guard geteuid() == 0, let entry = getpwnam("postgres") else { return (geteuid(), getegid()) }
        return (entry.pointee.pw_uid, entry.pointee.pw_gid)
    }()

    /// Debian keeps the programs of every version apart.
    private static let programs: String = {
        let all = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: all)) ?? []).compactMap { Int($0) }
        return versions.max().map { "\(all)/\($0)/bin" } ?? "/usr/bin"
    }()

    private static func process(_ program: String, _ arguments: [String]) -> Process {
        var command = ["\(programs)/\(program)"] + arguments
        if geteuid() == 0 {
            command =
                ["/usr/bin/setpriv", "--reuid=\(account.user)", "--regid=\(account.group)", "--init-groups", "--"]
                + command
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.currentDirectoryURL = URL(fileURLWithPath: "/tmp")
        process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"]
        process.standardInput = FileHandle.nullDevice
        return process
    }

    @discardableResult
    private static func run(_ program: String, _ arguments: String...) throws -> String {
        let process = process(program, arguments)
        let said = try process.words()
        guard process.terminationStatus == 0 else { throw PostgreSQLProcessError.failed("\(program): \(said)") }
        return said.hasSuffix("\n") ? String(said.dropLast()) : said
    }

    private static func freePort() throws -> UInt16 {
        let number = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(number) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, length) == 0 && getsockname(number, $0, &length) == 0
            }
        }
        guard isBound else { throw PostgreSQLProcessError.failed("no free port") }
        return UInt16(bigEndian: address.sin_port)
    }
}

/// What can go wrong with it.
package enum PostgreSQLProcessError: Error {
    /// A program of PostgreSQL's did not do what it should.
    case failed(String)
}
