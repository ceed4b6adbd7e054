import Foundation
import Glibc
import Synchronization

/// A real PostgreSQL server with its own data directory, on a Unix socket and a port of the loopback address. It ends
/// with the last reference.
package final class PostgreSQLProcess: Sendable {
    /// The directory of its Unix socket.
    package var socket: String { directory.path }
    /// Its port on the loopback address, where it requires the ``password``.
    package let port: UInt16
    /// The password of `postgres`.
    package static let password = "p'ass word=%"

    private let directory: TemporaryDirectory
    private let running = Mutex<TestProcess?>(nil)
    private var data: String { directory.path + "/data" }

    /// A server for all tests of this process that do not stop it.
    package static let shared: Result<PostgreSQLProcess, any Error> = Result {
        // Static values are never deinitialized.
        atexit { PostgreSQLProcess.stopShared() }
        return try PostgreSQLProcess()
    }

    private static func stopShared() {
        guard let server = try? shared.get() else { return }
        server.stop()
        try? FileManager.default.removeItem(atPath: server.directory.path)
    }

    /// Its self-signed certificate for `localhost`, if it has TLS.
    package var certificate: String { directory.path + "/server.crt" }
    private let hasTLS: Bool

    /// Creates a cluster and starts its server.
    ///
    /// - Parameter hasTLS: Whether the server accepts TLS, with ``certificate``.
    package init(hasTLS: Bool = false) throws {
        self.hasTLS = hasTLS
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
        if hasTLS {
            let key = directory.path + "/server.key"
            try SelfSigned.make(certificate: certificate, key: key)
            // The server rejects a key that other users can read.
            guard chown(key, Self.account.user, Self.account.group) == 0, chmod(key, 0o600) == 0 else {
                throw PostgreSQLProcessError.failed("chown \(key)")
            }
        }
        try start()
    }

    /// Copies the cluster of another server with pg_basebackup, and starts a server that follows it.
    init(standbyOf primary: PostgreSQLProcess) throws {
        hasTLS = false
        directory = try TemporaryDirectory()
        port = try Self.freePort()
        guard chown(directory.path, Self.account.user, Self.account.group) == 0 else {
            throw PostgreSQLProcessError.failed("chown \(directory.path)")
        }
        try Self.run(
            "pg_basebackup", "--pgdata", data, "--no-sync", "--write-recovery-conf", "--wal-method", "stream",
            "--checkpoint", "fast", "--host", primary.socket, "--port", "\(primary.port)", "--username", "postgres")
        try start()
    }

    deinit {
        // A frozen server does not react to other signals.
        thaw()
        stop()
        try? FileManager.default.removeItem(atPath: data)
    }

    /// The value of the configuration key `database` for a database of this server.
    package func address(_ database: String) -> String {
        "host=\(socket) port=\(port) user=postgres dbname=\(database)"
    }

    /// Creates an empty database and returns its name.
    package func makeDatabase() throws -> String {
        let name = "test_\(UInt64.random(in: 0 ... .max))"
        try Self.run("createdb", "--host", socket, "--port", "\(port)", "--username", "postgres", name)
        return name
    }

    /// Runs SQL with psql and returns its output: one line per row, with columns separated by `|`.
    @discardableResult
    package func sql(_ text: String, in database: String) throws -> String {
        try Self.run(
            "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1", "--host",
            socket, "--port", "\(port)", "--username", "postgres", "--dbname", database, "--command", text)
    }

    /// Starts the server with its data, and returns when it answers.
    package func start() throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let process = Self.process(
                "postgres",
                [
                    "-D", data, "-k", directory.path, "-h", "127.0.0.1", "-p", "\(port)", "-c", "max_connections=500",
                    "-c", "shared_buffers=32MB",
                ]
                    + (hasTLS
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
            // After SIGKILL the other processes of the old server hold the data directory for a moment.
            guard ContinuousClock.now < deadline else {
                if process.isRunning { kill(process.processIdentifier, SIGKILL) }
                throw PostgreSQLProcessError.failed((try? String(contentsOfFile: log, encoding: .utf8)) ?? "postgres")
            }
            usleep(100_000)
        }
    }

    /// Stops the server, and returns when it has exited.
    ///
    /// - Parameter number: SIGINT shuts it down and closes all connections. SIGKILL simulates a crash.
    package func stop(_ number: Int32 = SIGINT) {
        let process = running.withLock { running in
            defer { running = nil }
            return running
        }
        guard let process else { return }
        kill(process.processIdentifier, number)
        process.waitUntilExit()
    }

    /// The pid of the main process; nil if the server is stopped.
    package var pid: pid_t? { running.withLock { $0?.processIdentifier } }

    private var isAnswering: Bool {
        (try? Self.run("pg_isready", "--quiet", "--host", socket, "--port", "\(port)")) != nil
    }

    /// The account of the server. PostgreSQL refuses to run as root, so root uses the account `postgres`.
    private static let account: (user: uid_t, group: gid_t) = {
        guard geteuid() == 0, let entry = getpwnam("postgres") else { return (geteuid(), getegid()) }
        return (entry.pointee.pw_uid, entry.pointee.pw_gid)
    }()

    /// Debian installs the programs of each version in a directory of its own.
    private static let programs: String = {
        let all = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: all)) ?? []).compactMap { Int($0) }
        return versions.max().map { "\(all)/\($0)/bin" } ?? "/usr/bin"
    }()

    private static func process(_ program: String, _ arguments: [String]) -> TestProcess {
        var command = ["\(programs)/\(program)"] + arguments
        if geteuid() == 0 {
            command =
                ["/usr/bin/setpriv", "--reuid=\(account.user)", "--regid=\(account.group)", "--init-groups", "--"]
                + command
        }
        let process = TestProcess()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.currentDirectoryURL = URL(fileURLWithPath: "/tmp")
        process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"]
        process.standardInput = FileHandle.nullDevice
        return process
    }

    @discardableResult
    static func run(_ program: String, _ arguments: String...) throws -> String {
        let process = process(program, arguments)
        let output = try process.runToEnd()
        guard process.terminationStatus == 0 else { throw PostgreSQLProcessError.failed("\(program): \(output)") }
        return output.hasSuffix("\n") ? String(output.dropLast()) : output
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

package enum PostgreSQLProcessError: Error {
    /// A program of PostgreSQL failed, with its output.
    case failed(String)
}
