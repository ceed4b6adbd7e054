import Core
import MemcachedKillList
import RedisKillList
import TestSupport
import Testing

struct KillListAddressTests {
    private static func read(_ text: String, _ extraYAML: String = "") throws -> Configuration {
        try .sample("kill_list: \"\(text)\"\n\(extraYAML)\n" + Configuration.sampleText)
    }

    private static func problem(_ text: String, _ extraYAML: String = "") -> String {
        do {
            return "accepted as \(String(describing: try read(text, extraYAML).killList))"
        } catch {
            return "\(error)"
        }
    }

    @Test(
        arguments: [
            ("redis://cache", .init(.host("cache", port: 6379))),
            ("redis://127.0.0.1:7000/", .init(.host("127.0.0.1", port: 7000))),
            ("redis://[::1]:7000/12", .init(.host("::1", port: 7000), database: 12)),
            ("redis://[::1]", .init(.host("::1", port: 6379))),
            ("redis://:p%40ss@cache/1", .init(.host("cache", port: 6379), password: .init("p@ss"), database: 1)),
            ("redis://ann:a:b@c@cache:1", .init(.host("cache", port: 1), user: "ann", password: .init("a:b@c"))),
            ("redis+unix:///run/redis.sock", .init(.unix("/run/redis.sock"))),
            (
                "redis+unix://ann:x@/run/a%20b?db=5",
                .init(.unix("/run/a b"), user: "ann", password: .init("x"), database: 5)
            ),
        ] as [(String, CacheServer)])
    func `addresses of Redis are parsed`(_ text: String, _ expected: CacheServer) throws {
        #expect(try Self.read(text).killList as? RedisServer == RedisServer(expected))
    }

    @Test(
        arguments: [
            ("memcached://cache", .init(.host("cache", port: 11211))),
            ("memcached://[fe80::1]:1", .init(.host("fe80::1", port: 1))),
            ("memcached+unix:///run/memcached.sock", .init(.unix("/run/memcached.sock"))),
        ] as [(String, CacheServer)])
    func `addresses of memcached are parsed`(_ text: String, _ expected: CacheServer) throws {
        #expect(try Self.read(text).killList as? MemcachedServer == MemcachedServer(expected))
    }

    @Test func `database means no kill list`() throws {
        #expect(try Self.read("database").killList == nil)
    }

    @Test(
        arguments: [
            ("carrier-pigeon", "expected database, redis://"), ("http://cache", "expected database, redis://"),
            ("rediss://:s3cret@cache", "TLS"), ("redis://", "names no host"), ("redis://:s3cret@", "names no host"),
            ("redis://cache:0", "port"), ("redis://cache:s3cret", "port"), ("redis://cache/s3cret", "number"),
            ("redis://s3cret@cache", "USER:PASSWORD@"), ("redis://:%s3cret@cache", "USER:PASSWORD@"),
            ("redis://:%00s3cret@cache", "USER:PASSWORD@"), ("redis+unix://run/redis", "redis+unix://"),
            ("redis+unix:///run/redis?password=s3cret", "redis+unix://"), ("redis+unix://", "absolute path"),
            ("memcached://ann:s3cret@cache", "neither users"), ("memcached://cache/1", "neither users"),
            ("memcached+unix://run/x", "memcached+unix:///PATH"), ("redis://[::1", "names no host"),
        ])
    func `a malformed address is rejected without showing it`(_ text: String, _ expected: String) {
        let problem = Self.problem(text)
        #expect(problem.contains("test.yaml:1: kill_list: "), "\(problem)")
        #expect(problem.contains(expected), "\(problem)")
        #expect(!problem.contains("s3cret"))
    }

    @Test func `the password may be in a file`() throws {
        let file = "kill_list_password_file: /etc/remotisan/redis"
        #expect(
            try Self.read("redis://cache", file).killList as? RedisServer
                == RedisServer(.init(.host("cache", port: 6379), passwordFile: "/etc/remotisan/redis")))
        #expect(
            Self.problem("redis://:x@cache", file).contains(
                "kill_list_password_file: kill_list already holds a password"))
        #expect(Self.problem("memcached://cache", file).contains("memcached takes no password"))
        #expect(Self.problem("database", file).contains("has no effect without a kill_list"))
    }

    @Test func `descriptions do not show a password`() throws {
        let configuration = try Self.read("redis://ann:s3cret@cache")
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!dumped.contains("s3cret"))
        #expect(!"\(configuration) \(String(reflecting: configuration))".contains("s3cret"))
    }

    @Test func `the name of the list consists of prefix and environment`() throws {
        #expect(try Configuration.sample().killListName == "remotisan:killing:production")
        let own = try Self.read("database", "kill_switch_key_prefix: app\nenvironment: staging")
        #expect(own.killListName == "app:staging")
        #expect(Self.problem("database", "environment: a b").contains("environment: expected 1 to 100 bytes"))
        #expect(Self.problem("database", "kill_switch_key_prefix: \"\"").contains("expected 1 to 100 bytes"))
    }
}
