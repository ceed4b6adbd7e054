import Assembly
import Foundation
import Testing

@testable import Core

struct OriginalConfigurationTests {
    private static let reader = ConfigurationReader(environment: [:])

    private static func convert(
        _ json: String, application: String? = "/var/www/app", database: String? = nil
    ) throws -> (configuration: Configuration, yaml: String, remarks: [OriginalConfiguration.Remark]) {
        let (yaml, remarks) = try OriginalConfiguration(Data(json.utf8), of: "dump.json").converted(
            .init(application: application, database: database), checkedBy: reader)
        return (try reader.read(yaml: yaml, path: "x"), yaml, remarks)
    }

    @Test func `the configuration of the current version is converted`() throws {
        let (configuration, yaml, remarks) = try Self.convert(
            #"""
            {"url":"ops\/remotisan","commands":{"allowed":{"cache:clear":{"roles":["SUPPORT","DEV_OPS"]},
            "migrate":{"roles":"DEV_OPS"},"down":{"roles":["*"]},"secret:none":{"roles":[]},"num":{"roles":[8]}},
            "max_params_chars_length":3000},"logger":{"path":"\/var\/www\/app\/storage\/temp","max_read_bytes":1048576,
            "lines_per_chunk":200},"history":{"max_records":50,"should-scope":true},
            "kill_switch_key_prefix":"app:killing","allow_process_kill":false,"super_users":["carol@lab",7]}
            """#)
        #expect(configuration.url == "ops/remotisan")
        #expect(
            configuration.commands.ofConsoles.mapValues(\.roles) == [
                "cache:clear": ["SUPPORT", "DEV_OPS"], "migrate": ["DEV_OPS"], "down": ["*"], "num": ["8"],
            ])
        #expect(
            configuration.roles.mapValues(\.groups) == ["SUPPORT": ["SUPPORT"], "DEV_OPS": ["DEV_OPS"], "8": ["8"]])
        #expect(configuration.consoles.map(\.directory) == ["/var/www/app"])
        #expect(configuration.commands.maxParamsCharsLength == 3000)
        #expect(configuration.history.maxRecords == 50)
        #expect(configuration.history.shouldScope)
        #expect(configuration.killListName == "app:killing:production")
        #expect(!configuration.allowProcessKill)
        #expect(configuration.superUsers == ["carol@lab", "7"])
        #expect(configuration.logger.path == nil)
        #expect(!yaml.contains("secret:none"))
        let texts = remarks.map(\.description)
        for start in [
            "decide: secret:none has no roles", "decide: Who holds a role was decided by closures",
            "decide: The user identifier came from a closure", "note: logger.max_read_bytes", "note: Logs go to",
        ] { #expect(texts.contains { $0.hasPrefix(start) }, "\(start)") }
    }

    /// The keys of the early versions.
    @Test(arguments: [
        #"{"base_url_prefix":"old","show_history_records_num":20,"killing_key":"k:k","max_params_chars_length":1000,"#
            + #""history":{"should_scope":false},"commands":{"allowed":[{"a:b":{"roles":["R"]}},{"c:d":{"roles":["R"]}}]},"#
            + #""allow_process_kill":"1","super_users":"carol"}"#,
        #"{"url":"old","history":{"max_records":"20","should-scope":0},"kill_switch_key_prefix":"k:k","commands":{"#
            + #""max_params_chars_length":"1000","allowed":{"a:b":{"roles":{"0":"R"}}},"0":{"c:d":{"roles":"R"}}},"#
            + #""super_users":["carol"],"allow_process_kill":true,"server_guid_key":"x","error_factory":"X","#
            + #""allowance_rules":{"roles":["R"]}}"#,
    ])
    func `old spellings of keys are understood`(_ json: String) throws {
        let (configuration, _, _) = try Self.convert(json)
        #expect(configuration.url == "old")
        #expect(configuration.history.maxRecords == 20)
        #expect(!configuration.history.shouldScope)
        #expect(configuration.killListName == "k:k:production")
        #expect(configuration.commands.maxParamsCharsLength == 1000)
        #expect(configuration.commands.ofConsoles.keys.sorted() == ["a:b", "c:d"])
        #expect(configuration.superUsers == ["carol"])
        #expect(configuration.allowProcessKill)
    }

    @Test func `values of unknown keys are never shown, because they may be secrets`() throws {
        let (_, yaml, remarks) = try Self.convert(
            """
            {"commands":{"allowed":{"a:b":{"roles":["R"],"api_key":"hunter2"}},"x":"hunter2"},"token":"hunter2",
            "logger":{"key":"hunter2"},"history":{"y":"hunter2"}}
            """)
        #expect(!yaml.contains("hunter2"))
        #expect(!remarks.contains { $0.text.contains("hunter2") })
        for key in ["token", "commands.x", "commands.allowed.a:b.api_key", "logger.key", "history.y"] {
            #expect(remarks.contains { $0.isDecision && $0.text.hasPrefix("\(key) is not a key") }, "\(key)")
        }
    }

    @Test func `all of Laravel's configuration is accepted, and only that of the original is read`() throws {
        let (configuration, yaml, remarks) = try Self.convert(
            """
            {"app":{"env":"staging","key":"base64:hunter2"},"database":{"connections":{"mysql":{"password":"hunter2"}}},
            "base_path":"/srv/shop","remotisan":{"commands":{"allowed":{"a:b":{"roles":["R"]}}}}}
            """, application: nil)
        #expect(configuration.killListName == "remotisan:killing:staging")
        #expect(configuration.consoles.map(\.directory) == ["/srv/shop"])
        #expect(!yaml.contains("hunter2"))
        #expect(!remarks.contains { $0.text.contains("hunter2") })
    }

    @Test func `hostile names stay text`() throws {
        let name = "a: b\"\\\u{1}\u{2028}#{x}"
        let json = String(
            decoding: try JSONEncoder().encode(["super_users": [name, "no", "1e3", "~", "- x", "é 😀"]]), as: UTF8.self)
        let (configuration, _, _) = try Self.convert(json)
        #expect(configuration.superUsers == [name, "no", "1e3", "~", "- x", "é 😀"])
    }

    @Test(arguments: [
        ("", "it is empty"), ("{\"url\":", "it is not JSON"), ("PHP Warning: x\n{}", "it does not begin with JSON"),
        ("null", "it has no keys"), ("[]", "it has no keys"), ("{} x", "it is not JSON"),
    ])
    func `a dump that is no configuration is refused with what to do`(_ json: String, _ reason: String) throws {
        let error = #expect(throws: ImportError.self) { try Self.convert(json) }
        #expect(
            error?.description.contains("dump.json cannot be imported: \(reason)") == true,
            "\(String(describing: error))")
        #expect(error?.description.contains("php artisan tinker") == true)
    }

    @Test func `without the application's directory nothing is guessed`() throws {
        #expect(throws: ImportError.self) { try Self.convert(#"{"url":"x"}"#, application: nil) }
        let (configuration, _, _) = try Self.convert(
            #"{"logger":{"path":"/srv/app/storage/temp/"}}"#, application: nil)
        #expect(configuration.consoles.map(\.directory) == ["/srv/app"])
    }

    @Test func `values that are not valid here are named`() throws {
        let error = #expect(throws: ImportError.self) {
            try Self.convert(#"{"url":"a b","kill_switch_key_prefix":"x y"}"#)
        }
        guard case .configuration(let problems) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(problems.count == 2)
    }
}
