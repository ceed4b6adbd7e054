import Foundation
import Glibc
import TestSupport
import Testing

@testable import Core

/// Hostile values on their way from `POST /execute` to a program that prints its arguments.
@Suite struct HostileValueTests {
    /// Ways to make a shell run `touch X`.
    private static let shell = [
        "$(touch X)", "`touch X`", ";touch X", "; touch X;", "&& touch X", "|| touch X", "| touch X", "& touch X",
        "\"; touch X; \"", "'; touch X; '", "\\'; touch X; \\'", "$(touch${IFS}X)", "${IFS}touch${IFS}X", ">X", ">>X",
        "<X", "2>X", "<(touch X)", "<<<X", "$((`touch X`))", "${x:-$(touch X)}", "{touch,X}", "(touch X)",
        "{ touch X; }", "eval touch X", "exec touch X", "!touch X", "!!", "#;touch X", "%0Atouch%20X", "\\ntouch X",
        "$'\\ntouch X'", "$\"$(touch X)\"", "`touch X", "$(touch X", "x=$(touch X)", "() { :; }; touch X",
        "a;touch X#", "a'`touch X`'", "a\"$(touch X)\"", "*;touch X", "/bin/touch X", "| tee X", "^touch^X",
        "[ x ] && touch X", "~/$(touch X)", "touch X&", "@touch X", "=touch", "$0 X", "\\$(touch X)", "\\\\$(touch X)",
    ]

    /// Values that a program could take for options, for the end of its options, or for a file of arguments.
    private static let options = [
        "-", "--", "---", "-c", "-e", "-i", "-o", "-r", "-rf", "-x", "-0", "-1", "--help", "--version", "--env=x",
        "--env", "--text", "--text=y", "--rest=y", "--many", "--many=y", "--no-interaction", "--ansi", "-vvv", "-q",
        "--config=/etc/passwd", "--eval=system('touch X')", "--exec=touch X", "--output=X", "-oProxyCommand=touch X",
        "--checkpoint-action=exec=touch X", "--use-compress-program=touch X", "--upload-pack=touch X", "-Wl,X", "@X",
        "@/etc/passwd", "@@", "+x", "/x", "/?", "=x", "--=x", "-=x", "–text=y", "—text", "−c", "﹣c", "－c", "\u{2010}c",
        "\u{AD}-c", " --text=y", "\u{A0}--text",
    ]

    /// Values that another interpreter could read: of paths, formats, patterns, SQL, markup, addresses or templates.
    private static let others = [
        "../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "/dev/stdin", "/proc/self/environ", "~", "~root",
        ".",
        "..", "./-c", "//", "C:\\X", "\\\\host\\x", "%s%n", "%n%n%n%n", "%x", "%%", "{0}", "{{7*7}}", "${7*7}",
        "#{7*7}",
        "<%= 7 %>", "${jndi:ldap://x/y}", "*", "?", "[a-z]", "**/*", "(a+)+$", "' OR '1'='1", "'; DROP TABLE x; --",
        "\" OR \"\"=\"", "1; SELECT 1", "\\x27", "\\0", "\\u0000", "<script>alert(1)</script>", "<!--", "]]>", "&lt;",
        "&#0;", "javascript:alert(1)", "http://127.0.0.1:22/", "null", "true", "NaN", "1e999", "-9223372036854775809",
        "0x10", "007", "1_000", "[]", "{}", "{\"a\":1}", "\"", "'", "\\", "''", "\"\"", "\\\"", "\\'", "a b", "a  b",
        " a", "a ", "é", "e\u{301}", "\u{1F600}", "\u{1F468}\u{200D}\u{1F469}", "ß", "İ", "ﬁ", "\u{FF07}", "\u{FF02}",
        "％０Ａ", "%00", "%ff", "&a", "*a", "!!python/object:x", "- a", "a: b", "| x", "#", "a,b", "a=b=c", "$HOME", "$$",
        "$PATH", "$REMOTISAN_JOB_UUID", "${ARGV_FILE}", "ARGV_FILE=X", "LD_PRELOAD=/x",
    ]

    /// Values that only quoted words of a line carry. Named values of one line refuse them.
    private static let controls = [
        "\n", "a\nb", "a\rb", "\r\n", "\t", "\u{1}", "\u{7}", "\u{8}", "\u{1B}[31m", "\u{1B}]0;x\u{7}", "\u{7F}",
        "\u{85}", "\u{9B}31m", "touch X\n", "\ntouch X\n", "a\n--text=y", "", "\u{202E}x", "\u{2028}",
    ]

    private static let plain = shell + options + others

    private static let commands = [
        "typed": """
        roles: ["*"], run: [\(Places.fixtures)/print-argv], end_of_options: true, parameters: [
          { name: text, option: --text }, { name: many, option: --many, repeated: true },
          { name: rest, repeated: true }]
        """
    ]

    /// Parts of at most 40 values, so that a line stays below `max_params_chars_length`.
    private static func parts(of values: [String]) -> [[String]] {
        stride(from: 0, to: values.count, by: 40).map { Array(values[$0..<min($0 + 40, values.count)]) }
    }

    private static func quoted(_ values: [String]) -> String {
        values.map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " ")
    }

    /// Starts a command, and returns what the program got.
    private static func arguments(_ uuid: JobUUID, in installation: Installation, by ann: Visitor) async throws
        -> [String]
    {
        _ = try await ann.settled(uuid)
        return ProcessFacts.read(try installation.files(uuid).log)
            .split(separator: 0, omittingEmptySubsequences: false).dropLast()
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private static func start(_ fields: [String: Any], by ann: Visitor) async throws -> HTTPReply {
        try await ann.post(
            "/execute", json: try JSONSerialization.data(withJSONObject: fields.merging(["command": "typed"]) { $1 }))
    }

    /// Compares arguments byte by byte: Swift's `==` holds "é" and "e" with a combining accent for equal.
    private static func isSame(_ left: [String], _ right: [String]) -> Bool {
        left.map { Array($0.utf8) } == right.map { Array($0.utf8) }
    }

    @Test(arguments: WebServer.allCases)
    func `quoted words of a line arrive byte for byte, and nothing else runs`(_ web: WebServer) async throws {
        let values = Self.plain + Self.controls
        #expect(values.count >= 190)
        try await Installation.run(web) { installation in
            let ann = try await installation.person("ann")
            for part in Self.parts(of: values) {
                let got = try await Self.arguments(
                    try await ann.start("argv", Self.quoted(part)), in: installation, by: ann)
                #expect(Self.isSame(got, part), "\(got)")
            }
            #expect(access(installation.work + "/X", F_OK) != 0)
        }
        AttackTable.add(values.count, in: "HostileValueTests")
    }

    @Test(arguments: WebServer.allCases)
    func `no named value becomes an option or a word of a shell`(_ web: WebServer) async throws {
        try await Installation.run(web, SampleConfiguration(commands: Self.commands)) { installation in
            let ann = try await installation.person("ann")
            for part in Self.parts(of: Self.plain) {
                for (fields, expected) in [
                    (["arguments": ["rest": part]], ["--"] + part),
                    (["options": ["many": part]], part.map { "--many=\($0)" }),
                ] {
                    let reply = try await Self.start(fields, by: ann)
                    guard let uuid = JobUUID((try? reply.json([String: String].self)["id"]) ?? "") else {
                        Issue.record("\(reply.status) \(reply.text)")
                        continue
                    }
                    let got = try await Self.arguments(uuid, in: installation, by: ann)
                    #expect(Self.isSame(got, expected), "\(got)")
                }
            }
            for value in Self.controls where !value.isEmpty {
                let reply = try await Self.start(["options": ["text": value]], by: ann)
                if reply.status == 422 { continue }
                let uuid = try #require(JobUUID(try reply.json([String: String].self)["id"] ?? ""), "\(reply.text)")
                #expect(
                    Self.isSame(
                        try await Self.arguments(uuid, in: installation, by: ann), ["--text=\(value)"]),
                    "\(value.debugDescription)")
            }
            #expect(access(installation.work + "/X", F_OK) != 0)
        }
        AttackTable.add(2 * Self.plain.count + Self.controls.count - 1, in: "HostileValueTests")
    }

    @Test func `a line without quotes is split into words and meets no shell`() async throws {
        try await Installation.run { installation in
            let ann = try await installation.person("ann")
            for line in Self.shell + Self.options {
                let reply = try await ann.post("/execute", ["command": "argv", "params": line])
                guard let words = try? ShellWords.split(line) else {
                    #expect(reply.status == 422, "\(line): \(reply.text)")
                    continue
                }
                #expect(reply.status == 200, "\(line): \(reply.text)")
                let uuid = try #require(JobUUID((try? reply.json([String: String].self)["id"]) ?? ""))
                let got = try await Self.arguments(uuid, in: installation, by: ann)
                #expect(Self.isSame(got, words), "\(line): \(got)")
            }
            #expect(access(installation.work + "/X", F_OK) != 0)
        }
        AttackTable.add(Self.shell.count + Self.options.count, in: "HostileValueTests")
    }
}
