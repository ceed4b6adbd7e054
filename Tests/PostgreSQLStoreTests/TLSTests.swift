import TestSupport
import Testing

@testable import Core
@testable import PostgreSQLStore

/// A server with a self-signed certificate.
struct TLSTests {
    private static func server(
        _ process: PostgreSQLProcess, _ database: String, host: String = "localhost", mode: String, root: String
    ) throws -> PostgreSQLServer {
        var server = try #require(
            try PostgreSQLServer(
                parsing: "postgresql://postgres@\(host):\(process.port)/\(database)"
                    + "?hostaddr=127.0.0.1&sslmode=\(mode)&sslrootcert=\(root)"))
        server.password = Password(PostgreSQLProcess.password)
        return server
    }

    private static func connectionError(_ server: PostgreSQLServer) -> String {
        do {
            _ = try PostgreSQLStore(server).running(on: "x")
            return "none"
        } catch StoreError.unavailable(let detail) {
            return detail
        } catch {
            return "\(error)"
        }
    }

    @Test func `a connection requires the right certificate and host name`() throws {
        let process = try PostgreSQLProcess(hasTLS: true)
        let temporary = try TemporaryStore(on: process)
        let database = temporary.database
        let store = PostgreSQLStore(
            try Self.server(process, database, mode: "verify-full", root: process.certificate))
        let connection = try store.run("SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        #expect(connection.rows.first?.bool(0) == true)

        // Texts of more than one TLS record, repeatedly over one connection.
        let long = String(repeating: "0123456789abcdef", count: 4000)
        for _ in 0..<10 { _ = try store.insert(.sample(parameters: long), limit: nil) }
        for _ in 0..<20 {
            let page = try store.history(.init(visibility: .everything))
            #expect(page.rows.count == 10 && page.rows.allSatisfy { $0.parameters == long })
        }
        process.stop()
        try process.start()
        #expect(try store.history(.init(visibility: .everything)).total == 10)

        let directory = try TemporaryDirectory()
        let other = directory.path + "/other.crt"
        try SelfSigned.make(certificate: other, key: directory.path + "/other.key")
        for mode in ["verify-ca", "verify-full"] {
            let wrong = Self.connectionError(try Self.server(process, database, mode: mode, root: other))
            #expect(wrong.contains("certificate verify failed"), "\(wrong)")
            let missing = Self.connectionError(
                try Self.server(process, database, mode: mode, root: directory.path + "/none"))
            #expect(missing.contains("/none") && missing.contains("does not exist"), "\(missing)")
        }
        let otherName = Self.connectionError(
            try Self.server(process, database, host: "elsewhere", mode: "verify-full", root: process.certificate))
        #expect(otherName.contains("does not match host name \"elsewhere\""), "\(otherName)")
        let withoutTLS = try PostgreSQLProcess.shared.get()
        let noTLS = Self.connectionError(
            try Self.server(withoutTLS, "postgres", mode: "require", root: process.certificate))
        #expect(noTLS.contains("server does not support SSL"), "\(noTLS)")
    }
}
