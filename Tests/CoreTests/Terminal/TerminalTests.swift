import Testing

@testable import Core

/// How the broker writes for people and for scripts.
@Suite struct TerminalTests {
    private static let terminal = Terminal(isTerminal: true, environment: ["TERM": "xterm"])
    private static let plain = Terminal(isTerminal: true, environment: ["TERM": "dumb"])
    private static let pipe = Terminal(isTerminal: false, environment: ["TERM": "xterm"])

    private func table(
        _ terminal: Terminal, _ headings: [String], _ rows: [[TableWriter.Cell]]
    ) throws -> String {
        final class Sink { var text = "" }
        let sink = Sink()
        var table = TableWriter(headings, on: terminal) { sink.text += $0 }
        for row in rows { try table.add(row) }
        try table.finish()
        return sink.text
    }

    @Test func `columns are aligned by the width of their characters on a terminal`() throws {
        let rows: [[TableWriter.Cell]] = [["日本", "1", "x"], ["e\u{301}", "22", ""], ["ascii", "3", "z z"]]
        let expected = """
            NAME   N   REST
            日本   1   x
            e\u{301}      22  \n\
            ascii  3   z z

            """
        #expect(try table(Self.plain, ["NAME", "N", "REST"], rows) == expected)
    }

    @Test func `a script gets cells with two spaces between them and no headings`() throws {
        let rows: [[TableWriter.Cell]] = [["a", .init("never", piped: "expires never"), "z"], ["bbbb", "", "z"]]
        #expect(try table(Self.pipe, ["A", "B", "C"], rows) == "a  expires never  z\nbbbb    z\n")
    }

    @Test func `an empty table has no headings`() throws {
        #expect(try table(Self.terminal, ["A"], []).isEmpty)
    }

    @Test func `rows after the first batch are written under the same headings`() throws {
        let rows = (0..<1201).map { [TableWriter.Cell("\($0)"), TableWriter.Cell("end")] }
        let lines = try table(Self.plain, ["N", "E"], rows).split(separator: "\n")
        #expect(lines.count == 1202)
        #expect(lines.filter { $0.hasPrefix("N") }.count == 1)
        #expect(lines.last == "1200  end")
    }

    @Test func `no cell controls the terminal`() throws {
        let hostile = "a\u{1B}[31m\n\u{9B}2J\u{202E}b\u{2028}\u{7}"
        for terminal in [Self.terminal, Self.pipe] {
            let text = try table(terminal, ["H"], [[.init(hostile, piped: hostile)]])
            let controls = text.unicodeScalars.filter {
                [.control, .format, .lineSeparator].contains($0.properties.generalCategory)
            }
            #expect(controls.allSatisfy { $0 == "\n" }, "\(text.debugDescription)")
        }
    }

    @Test func `colours are shown on a terminal only, and not with NO_COLOR or a dumb terminal`() throws {
        let rows: [[TableWriter.Cell]] = [[.init("failed", colour: .red), "x"]]
        #expect(try table(Self.terminal, ["S", "X"], rows).contains("\u{1B}[31mfailed\u{1B}[0m  x"))
        for environment in [["TERM": "dumb"], ["TERM": "xterm", "NO_COLOR": "1"], [:]] {
            let terminal = Terminal(isTerminal: true, environment: environment)
            #expect(try !table(terminal, ["S", "X"], rows).contains("\u{1B}"), "\(environment)")
        }
        #expect(Terminal(isTerminal: true, environment: ["TERM": "xterm", "NO_COLOR": ""]).hasColour)
        #expect(try !table(Self.pipe, ["S", "X"], rows).contains("\u{1B}"))
    }

    @Test func `a time in UTC is one word, and a local one has its zone`() {
        #expect(TimeText(isLocal: false).text(1_790_000_000) == "2026-09-21T14:13:20Z")
        #expect(TimeText(isLocal: false).text(milliseconds: 1_790_000_000_007) == "2026-09-21T14:13:20.007Z")
        #expect(TimeText(isLocal: false).text(-1) == "1969-12-31T23:59:59Z")
        let local = TimeText(isLocal: true)
        #expect(local.text(1_790_000_000).wholeMatch(of: #/2026-09-2\d \d\d:\d\d:20 [+-]\d\d:\d\d/#) != nil)
        #expect(local.text(milliseconds: 1_790_000_000_007).count == local.widthWithMilliseconds)
        #expect(TimeText(isLocal: false).text(milliseconds: 0).count == TimeText(isLocal: false).widthWithMilliseconds)
    }

    @Test func `PAGER chooses the pager, and sudo does not pass it on`() {
        let cases: [([String: String], String?)] = [
            ([:], "less"), (["PAGER": "more -d"], "more -d"), (["PAGER": ""], nil), (["PAGER": "cat"], nil),
            (["PAGER": "evil", "SUDO_UID": "1000"], "less"), (["PAGER": "more", "TERM": "dumb"], nil),
        ]
        for (environment, expected) in cases { #expect(Pager.command(environment) == expected, "\(environment)") }
        #expect(Pager.environment([:]) == ["LESS": "FRX", "LESSSECURE": "1"])
        #expect(Pager.environment(["LESS": "S", "LESSSECURE": "0"]) == ["LESS": "S", "LESSSECURE": "1"])
    }

    @Test func `JSON is in ASCII and means the same`() throws {
        let text = try ASCIIJSON.text(of: ["é\u{1F600}\u{202E}": "a\u{7F}/b\u{9B}\n"])
        #expect(text == #"{"\u00e9\ud83d\ude00\u202e":"a\u007f/b\u009b\n"}"#)
    }

    @Test(arguments: [
        ("abcd", "abcd"), ("ABCD", "abcd"), ("abcdef0123", "abcdef01-23"), ("abcdef01-23", "abcdef01-23"),
        ("abcdef01-", "abcdef01"), ("abc", nil), ("", nil), ("abcg", nil), ("ab-cd", nil), ("--------", nil),
        ("abcdef01-2345-6789-abcd-ef0123456789", "abcdef01-2345-6789-abcd-ef0123456789"),
        ("abcdef0123456789abcdef0123456789", "abcdef01-2345-6789-abcd-ef0123456789"),
        ("abcdef01-2345-6789-abcd-ef01234567890", nil), ("../../etc/passwd", nil), ("abcd%", nil), ("٣٣٣٣", nil),
    ])
    func `the beginning of a UUID has at least four digits and its hyphens in their places`(
        _ text: String, _ expected: String?
    ) {
        #expect(JobUUIDPrefix(text)?.description == expected)
    }
}
