import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

struct ReadableSecretsTests {
    private static func warnings(_ yaml: String, mode: mode_t, directoryMode: mode_t = 0o755) throws -> [String] {
        let directory = try TemporaryDirectory()
        #expect(chmod(directory.path, directoryMode) == 0)
        let path = directory.path + "/remotisan.yaml"
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: path))
        #expect(chmod(path, mode) == 0)
        var configuration = try Configuration.sample(yaml)
        configuration.path = path
        return withExtendedLifetime(directory) { ReadableSecrets(configuration).warnings }
    }

    private static let program = "roles: { A: { users: [a] } }\ncommands: { allowed: { x: { roles: [A], run: [sh], "

    @Test(arguments: [
        ("database: postgresql://u:geheim@db/x\n", "database"),
        ("kill_list: redis://:geheim@db\n", "kill_list"),
        ("commands: { environment: { PGPASSWORD: geheim } }\n", "commands.environment.PGPASSWORD"),
        (program + "environment: { api_token: geheim } } } }\n", "commands.allowed.x.environment.api_token"),
    ])
    func `a password in a file that others can read is warned about`(_ yaml: String, _ key: String) throws {
        let warnings = try Self.warnings(yaml, mode: 0o644)
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("(\(key))") ?? false, "\(warnings)")
        #expect(!warnings.joined().contains("geheim"))
        #expect(try Self.warnings(yaml, mode: 0o640).isEmpty)
        #expect(try Self.warnings(yaml, mode: 0o644, directoryMode: 0o750).isEmpty)
    }

    @Test(arguments: [
        "database: postgresql://u@db/x\n", "commands: { environment: { PGPASSFILE: /x, APP_ENV: x } }\n",
        "kill_list: memcached://db\n",
    ])
    func `a file without a password may be readable`(_ yaml: String) throws {
        #expect(try Self.warnings(yaml, mode: 0o644).isEmpty)
    }

    @Test func `a readable file with a password or a symmetric key is warned about`() throws {
        let directory = try TemporaryDirectory()
        #expect(chmod(directory.path, 0o755) == 0)
        for name in ["password", "keys"] {
            try Data("geheim".utf8).write(to: URL(fileURLWithPath: "\(directory.path)/\(name)"))
            #expect(chmod("\(directory.path)/\(name)", 0o644) == 0)
        }
        func yaml(_ algorithm: String) -> String {
            """
            database: postgresql://u@db/x
            database_password_file: \(directory.path)/password
            jwt: { key_file: \(directory.path)/keys, algorithms: [\(algorithm)], issuer: i, audience: a }
            """
        }
        let keys = try Self.warnings(yaml("HS256"), mode: 0o640).map { String($0.prefix { $0 != ":" }) }
        #expect(keys == ["database_password_file", "jwt.key_file"])
        #expect(try Self.warnings(yaml("RS256"), mode: 0o640).count == 1)
        #expect(chmod(directory.path + "/password", 0o640) == 0)
        #expect(try Self.warnings(yaml("RS256"), mode: 0o640).isEmpty)
    }
}
