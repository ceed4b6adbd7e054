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

    private static let types: [(String, ParameterType)] = [
        ("text", .text(pattern: nil, maxLength: 5000, isMultiline: false)),
        ("lines", .text(pattern: nil, maxLength: nil, isMultiline: true)),
        ("pattern", .text(pattern: "[a-z]{1,8}", maxLength: nil, isMultiline: false)),
        ("integer", .integer(min: 1, max: 10)), ("decimal", .decimal(min: nil, max: 2.5)),
        ("choice", .choice(["red", "green"])), ("date", .date), ("time", .time), ("email", .email), ("host", .host),
        ("json", .json), ("path", .path(below: "/etc", mustExist: true)),
    ]

    private static let accepted: [String: [String]] = [
        "text": ["$(touch X)", "`id`", ";id", "&&", "|", "*", "~", "--env=x", "@file", "-", "", "\u{301}", "../x"],
        "lines": [
            "$(touch X)", "`id`", ";id", "&&", "|", "a\nb", "*", "~", "--env=x", "@file", "-", "", "\u{301}", "../x",
            String(repeating: "x", count: 5001),
        ],
    ]

    @Test func `a hostile value is kept byte for byte or refused with a sentence`() {
        for (name, type) in Self.types {
            for value in Self.hostile {
                do {
                    let text = try type.accept(value)
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
                .integer(min: -5, max: nil), ["-5", "0", "007"],
                ["-6", "+1", "1.0", "1e3", " 1", "٣", "9223372036854775808"]
            ),
            (.decimal(min: 0, max: 1), ["0.5", ".5", "1"], ["1.1", "-0.1", "nan", "inf", "0x1", "1e-3", "1,5"]),
            (
                .date, ["2024-02-29", "2026-12-31"],
                ["2026-02-29", "2026-13-01", "26-1-1", "2026-12-31T00", "0000-01-01"]
            ),
            (.time, ["00:00", "23:59:59"], ["24:00", "1:00", "12:60", "12:00:60", "12"]),
            (.email, ["a.b+c@x.example"], ["a@", "@b", "a b@c", "a..b@c.d", "-a@b.c", "a@b_c", "<a@b>"]),
            (
                .host, ["db-1.example", "127.0.0.1", "::1", "x"],
                ["-x", "x-", "a..b", "x:80", "[::1]", "x/y", "é.example"]
            ),
            (.json, ["{\"a\":[1]}", "null", "\"x\""], ["{", "{a:1}", "", "NaN"]),
            (.text(pattern: "a+", maxLength: nil, isMultiline: false), ["a", "aaa"], ["", "ab", "ba", "a\u{301}"]),
            (.text(pattern: "a|ab", maxLength: nil, isMultiline: false), ["a", "ab"], ["aab", ""]),
            (.text(pattern: ".", maxLength: nil, isMultiline: false), ["😀", "é"], ["e\u{301}", "ab"]),
            (.text(pattern: "é", maxLength: nil, isMultiline: false), ["é"], ["e\u{301}"]),
            (.text(pattern: "a.b", maxLength: nil, isMultiline: true), ["a.b"], ["a\nb", "a.b\n"]),
            (.text(pattern: nil, maxLength: 2, isMultiline: false), ["žž"], ["abc", "a\tb"]),
            (.choice(["é"]), ["é"], ["e\u{301}", "É", ""]),
        ] as [(ParameterType, [String], [String])])
    func `what fits is taken and the rest is not`(_ type: ParameterType, _ good: [String], _ bad: [String]) {
        for value in good { #expect((try? type.accept(value)) == value, "\(value)") }
        for value in bad { #expect((try? type.accept(value)) == nil, "\(value)") }
    }

    @Test(arguments: ["(a+)+b", "([A-Za-z0-9]+[-_ ]?)+", "(x+x+)+y", "(.*)*\\d"])
    func `a pattern that would take for ever is given up`(_ pattern: String) {
        let type = ParameterType.text(pattern: pattern, maxLength: nil, isMultiline: false)
        for letter in ["a", "x"] {
            let begun = ContinuousClock.now
            #expect(throws: ParameterType.Misfit.self) { try type.accept(String(repeating: letter, count: 400) + "!") }
            // It has 200 ms; the rest is for a machine that is busy.
            #expect(ContinuousClock.now - begun < .seconds(20))
        }
    }

    @Test func `a path stays below its directory, wherever links lead`() throws {
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
        let existing = ParameterType.path(below: root + "/in", mustExist: true)
        #expect(try existing.accept("deep/file") == root + "/in/deep/file")
        #expect(try existing.accept("own") == root + "/in/deep/file")
        #expect(try existing.accept(root + "/in/deep/../deep") == root + "/in/deep")
        let bad = [
            "out", "up", "up/outside", "../outside", "/etc/passwd", "new", ".", "", root + "/in-between", "nowhere",
        ]
        for value in bad { #expect((try? existing.accept(value)) == nil, "\(value)") }
        let new = ParameterType.path(below: root + "/in", mustExist: false)
        #expect(try new.accept("deep/new") == root + "/in/deep/new")
        let marked = "\u{301}new"
        #expect(try new.accept("deep/\(marked)") == root + "/in/deep/\(marked)")
        for value in [
            "../new", "nowhere", "up/new", "none/new", "deep/none/..", "../in-between/new",
            "../\(marked)", "up/\(marked)",
            "deep/../../\(marked)", "/\(marked)", "deep/../\(marked)/..",
        ] {
            #expect((try? new.accept(value)) == nil, "\(value)")
        }
    }
}
