import Testing

@testable import Core

struct TerminalTextTests {
    private static func neutralised(_ text: String, inPartsOf length: Int) -> String {
        var terminal = TerminalText()
        var output: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            output += terminal.neutralised(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return String(decoding: output + terminal.rest(), as: UTF8.self)
    }

    @Test(arguments: [1, 2, 3, 100]) func `control characters become visible, in parts of any length`(_ length: Int) {
        let cases = [
            ("plain\tätext £ §\n", "plain\tätext £ §\n"), ("a\r\nb", "a\r\nb"), ("50 %\r100 %\n", "50 %␍100 %\n"),
            ("\u{1B}]0;title\u{7}", "␛]0;title␇"), ("\u{1B}[2J", "␛[2J"), ("a\u{8}b\u{7F}\0", "a␈b␡␀"),
            ("\u{9B}2J\u{85}x", "\u{FFFD}2J\u{FFFD}x"), ("", ""), ("end\r", "end\r"), ("日本🙂", "日本🙂"),
            ("\r\r\n", "␍\r\n"),
        ]
        for (text, expected) in cases { #expect(Self.neutralised(text, inPartsOf: length) == expected) }
    }
}
