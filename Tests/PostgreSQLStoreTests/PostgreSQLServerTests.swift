import Core
import TestSupport
import Testing

@testable import PostgreSQLStore

struct PostgreSQLServerTests {
    private static func read(_ text: String, _ extraYAML: String = "") throws -> PostgreSQLServer? {
        let configuration = try Configuration.sample(
            "database: \"\(text.replacing("\\", with: "\\\\"))\"\n\(extraYAML)\n" + Configuration.sampleText)
        return configuration.database as? PostgreSQLServer
    }

    private static func problem(_ text: String, _ extraYAML: String = "") -> String {
        do {
            return "accepted as \(String(describing: try read(text, extraYAML)))"
        } catch {
            return "\(error)"
        }
    }

    @Test(
        arguments: [
            ("postgresql://", []),
            ("postgres://db", ["host=db"]),
            ("postgresql://ann@db:5433/audit", ["user=ann", "host=db", "port=5433", "dbname=audit"]),
            (
                "postgresql://a%40b@db/x%2Fy?sslmode=verify-full&connect_timeout=5",
                ["user=a@b", "host=db", "dbname=x/y", "sslmode=verify-full", "connect_timeout=5"]
            ),
            (
                "postgresql://one:1,two:2/x?target_session_attrs=read-write",
                ["host=one,two", "port=1,2", "dbname=x", "target_session_attrs=read-write"]
            ),
            ("postgresql://one,two:2", ["host=one,two", "port=,2"]),
            ("postgresql://[::1]:7000/x", ["host=::1", "port=7000", "dbname=x"]),
            ("postgresql://%2Frun%2Fpostgresql/x", ["host=/run/postgresql", "dbname=x"]),
            ("postgresql:///x?host=/run/postgresql&ssl=true", ["dbname=x", "host=/run/postgresql", "sslmode=require"]),
            ("host=/run/postgresql dbname=audit", ["host=/run/postgresql", "dbname=audit"]),
            ("  host = db  user='a b\\'c\\\\' options='-c x=y' ", ["host=db", "user=a b'c\\", "options=-c x=y"]),
            ("host=one host=two", ["host=two"]),
            ("dbname=''", ["dbname="]),
        ] as [(String, [String])])
    func `addresses are parsed as by libpq`(_ text: String, _ expected: [String]) throws {
        let server = try #require(try Self.read(text))
        #expect(server.settings.map { "\($0.keyword)=\($0.value)" } == expected)
        #expect(server.password == nil)
    }

    @Test(
        arguments: [
            ("postgresql://ann:p%40ss:w@db", "p@ss:w"), ("postgresql://:x@db", "x"),
            ("postgresql://db?password=p%26", "p&"), ("host=db password='p q'", "p q"), ("password=p\\ q", "p q"),
        ])
    func `a password is separate from the settings and is not shown`(_ text: String, _ expected: String) throws {
        let server = try #require(try Self.read(text))
        #expect(server.password?.text == expected)
        #expect(!server.settings.contains { $0.keyword == "password" })
        #expect(!"\(server)".contains(expected) || expected == "x")
    }

    @Test(
        arguments: [
            ("mysql://s3cret@db", "expected sqlite, or postgresql://"),
            ("postgresql", "expected sqlite, or postgresql://"),
            ("postgresql://ann:s3cret@db:port", "port"), ("postgresql://db:0", "port"), ("port=70000", "port"),
            ("postgresql://:%s3cret@db", "does not encode"), ("postgresql://:%00s3cret@db", "does not encode"),
            ("postgresql://[::1/s3cret", "expected postgresql://"), ("postgresql://db?s3cret", "no value"),
            ("postgresql://db?s3cret=1", "does not know"), ("host=db sslmod=require", "Did you mean sslmode?"),
            ("host=db s3cret", "KEYWORD=VALUE"), ("host=db password='s3cret", "a ' at the end"),
        ])
    func `a malformed address is rejected without showing it`(_ text: String, _ expected: String) {
        let problem = Self.problem(text)
        #expect(problem.contains("test.yaml:1: database: "), "\(problem)")
        #expect(problem.contains(expected), "\(problem)")
        #expect(!problem.contains("s3cret"))
    }

    @Test func `a password file requires an address without a password`() throws {
        let file = "database_password_file: /etc/remotisan/database-password"
        #expect(try Self.read("host=db", file)?.passwordFile == "/etc/remotisan/database-password")
        #expect(
            Self.problem("postgresql://a:b@db", file).contains("test.yaml:2: database_password_file: database already"))
        #expect(Self.problem("sqlite", file).contains("sqlite takes no password"))
        #expect(Self.problem("host=db", "database_password_file: here").contains("absolute path"))
        let advice = ConfigurationAdvice(
            try .sample("database: host=db\ndatabase_password_file: /nonexistent/x\n" + Configuration.sampleText))
        #expect(advice.warnings.contains { $0.hasPrefix("database_password_file: /nonexistent/x cannot be read") })
    }
}
