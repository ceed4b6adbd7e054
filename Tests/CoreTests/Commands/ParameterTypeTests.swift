import Foundation
import TestSupport
import Testing

@testable import Core

struct ParameterTypeTests {
    private static let hostile = [
        "$(touch X)", "`id`", ";id", "&&", "|", "a\nb", "*", "~", "a\0b", "--env=x", "@file", "-", "", "\u{301}",
        "../x",
        "\u{1B}[31m", String(repeating: "x", count: 5001),
    ]

    private static let types: [(String, any ParameterType)] = [
        ("text", TextType(maxLength: 5000)),
        ("lines", TextType(pattern: nil, maxLength: nil, isMultiline: true)),
        ("pattern", TextType(pattern: "[a-z]{1,8}", maxLength: nil, isMultiline: false)),
        ("integer", IntegerType(min: 1, max: 10)), ("decimal", DecimalType(max: 2.5)),
        ("choice", ChoiceType(["red", "green"])), ("date", DateType()), ("time", TimeType()), ("email", EmailType()),
        ("host", HostType()),
        ("json", JSONType()), ("path", PathType(below: "/etc", mustExist: true)),
    ]

    private static let accepted: [String: [String]] = [
        "text": ["$(touch X)", "`id`", ";id", "&&", "|", "*", "~", "--env=x", "@file", "-", "", "\u{301}", "../x"],
        "lines": [
            "$(touch X)", "`id`", ";id", "&&", "|", "a\nb", "*", "~", "--env=x", "@file", "-", "", "\u{301}", "../x",
            String(repeating: "x", count: 5001),
        ],
    ]

    @Test func `hostile values are accepted unchanged or rejected`() {
        for (name, type) in Self.types {
            for value in Self.hostile {
                do {
                    let text = try type.validate(value)
                    #expect(text.utf8.elementsEqual(value.utf8))
                    #expect(Self.accepted[name]?.contains(value) ?? false, "\(name) takes \(value.debugDescription)")
                } catch {
                    #expect(error.description.hasSuffix("."))
                    #expect(!(Self.accepted[name]?.contains(value) ?? false), "\(name): \(value.debugDescription)")
                }
            }
        }
    }

    @Test(
        arguments: [
            (
                IntegerType(min: -5, max: nil), ["-5", "0", "007"],
                ["-6", "+1", "1.0", "1e3", " 1", "٣", "9223372036854775808"]
            ),
            (DecimalType(min: 0, max: 1), ["0.5", ".5", "1"], ["1.1", "-0.1", "nan", "inf", "0x1", "1e-3", "1,5"]),
            (
                DateType(), ["2024-02-29", "2026-12-31"],
                ["2026-02-29", "2026-13-01", "26-1-1", "2026-12-31T00", "0000-01-01"]
            ),
            (TimeType(), ["00:00", "23:59:59"], ["24:00", "1:00", "12:60", "12:00:60", "12"]),
            (EmailType(), ["a.b+c@x.example"], ["a@", "@b", "a b@c", "a..b@c.d", "-a@b.c", "a@b_c", "<a@b>"]),
            (
                HostType(), ["db-1.example", "127.0.0.1", "::1", "x"],
                ["-x", "x-", "a..b", "x:80", "[::1]", "x/y", "é.example"]
            ),
            (
                URLType(),
                [
                    "https://example.com", "http://[::1]:8080/x?y=%20#z", "https://a-b.example/~u/;p=1", "HTTPS://x/",
                ],
                [
                    "", "example.com", "//example.com", "https://", "https:///path", "ftp://example.com",
                    "javascript:1",
                    "https://ann:secret@example.com", "https://ann@example.com", "https://exa mple.com",
                    "https://é.example",
                    "https://x/\u{301}", "https://-x", "https://x/{}", "file:///etc/passwd", "https://x/%zz",
                    "https://" + String(repeating: "x", count: 2048),
                ]
            ),
            (URLType(schemes: ["ftp"]), ["ftp://x"], ["https://x"]),
            (JSONType(), ["{\"a\":[1]}", "null", "\"x\""], ["{", "{a:1}", "", "NaN"]),
            (TextType(pattern: "a+", maxLength: nil, isMultiline: false), ["a", "aaa"], ["", "ab", "ba", "a\u{301}"]),
            (TextType(pattern: "a|ab", maxLength: nil, isMultiline: false), ["a", "ab"], ["aab", ""]),
            (TextType(pattern: ".", maxLength: nil, isMultiline: false), ["😀", "é"], ["e\u{301}", "ab"]),
            (TextType(pattern: "é", maxLength: nil, isMultiline: false), ["é"], ["e\u{301}"]),
            (TextType(pattern: "a.b", maxLength: nil, isMultiline: true), ["a.b"], ["a\nb", "a.b\n"]),
            (TextType(pattern: nil, maxLength: 2, isMultiline: false), ["žž"], ["abc", "a\tb"]),
            (ChoiceType(["é"]), ["é"], ["e\u{301}", "É", ""]),
        ] as [(any ParameterType, [String], [String])])
    func `each type accepts its valid values only`(_ type: any ParameterType, _ valid: [String], _ invalid: [String]) {
        for value in valid { #expect((try? type.validate(value)) == value, "\(value)") }
        for value in invalid { #expect((try? type.validate(value)) == nil, "\(value)") }
    }

    @Test(arguments: ["(a+)+b", "([A-Za-z0-9]+[-_ ]?)+", "(x+x+)+y", "(.*)*\\d"])
    func `a pattern that takes too long times out`(_ pattern: String) {
        let type = TextType(pattern: pattern, maxLength: nil, isMultiline: false)
        for letter in ["a", "x"] {
            let start = ContinuousClock.now
            #expect(throws: InvalidValueError.self) { try type.validate(String(repeating: letter, count: 400) + "!") }
            // The timeout is 200 ms. A busy machine needs longer.
            #expect(ContinuousClock.now - start < .seconds(20))
        }
    }

    @Test func `values that are compared with a long pattern leave no memory behind`() throws {
        let type = TextType(pattern: String(repeating: "a", count: 100_000))
        func memory() throws -> Int {
            let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")[1]
            return try #require(Int(pages)) * 4096
        }
        let before = try memory()
        for _ in 1...500 { #expect(throws: InvalidValueError.self) { try type.validate("b") } }
        // A copy of the pattern for each value would take 200 MB. Other tests of this process may take some.
        #expect(try memory() - before < 100_000_000)
    }

    @Test func `a path outside its directory is rejected, even through links`() throws {
        let directory = try TemporaryDirectory()
        let root = try RealPath.resolve(directory.path)
        let files = FileManager.default
        try files.createDirectory(atPath: root + "/in/deep", withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: root + "/in/deep/file"))
        try Data().write(to: URL(fileURLWithPath: root + "/outside"))
        try files.createDirectory(atPath: root + "/in-between", withIntermediateDirectories: true)
        for (link, target) in [("out", "../outside"), ("up", ".."), ("own", "deep/file"), ("nowhere", "../new")] {
            try files.createSymbolicLink(atPath: "\(root)/in/\(link)", withDestinationPath: target)
        }
        let existing = PathType(below: root + "/in", mustExist: true)
        #expect(try existing.validate("deep/file") == root + "/in/deep/file")
        #expect(try existing.validate("own") == root + "/in/deep/file")
        #expect(try existing.validate(root + "/in/deep/../deep") == root + "/in/deep")
        let invalid = [
            "out", "up", "up/outside", "../outside", "/etc/passwd", "new", ".", "", root + "/in-between", "nowhere",
        ]
        var answers: Set<String> = []
        for value in invalid {
            do throws(InvalidValueError) {
                _ = try existing.validate(value)
                Issue.record("\(value) was accepted")
            } catch { answers.insert(error.description) }
        }
        #expect(answers.count == 1, "an answer tells what exists elsewhere: \(answers)")
        let new = PathType(below: root + "/in", mustExist: false)
        #expect(try new.validate("deep/new") == root + "/in/deep/new")
        let marked = "\u{301}new"
        #expect(try new.validate("deep/\(marked)") == root + "/in/deep/\(marked)")
        for value in [
            "../new", "nowhere", "up/new", "none/new", "deep/none/..", "../in-between/new",
            "../\(marked)", "up/\(marked)",
            "deep/../../\(marked)", "/\(marked)", "deep/../\(marked)/..",
        ] {
            #expect((try? new.validate(value)) == nil, "\(value)")
        }
    }
}
