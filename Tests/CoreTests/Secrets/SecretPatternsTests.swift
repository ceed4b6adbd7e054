import Foundation
import Testing

@testable import Core

struct SecretPatternsTests {
    private static let secret = "p@ss w/örd+'\"$7"

    private static func finds(_ text: String, _ secret: String = secret) -> Bool {
        let bytes = Data(text.utf8)
        return SecretPatterns([Password(secret)]).all.contains { bytes.range(of: Data($0)) != nil }
    }

    @Test(arguments: [
        "raw: \(secret)!", "p%40ss%20w%2F%C3%B6rd%2B%27%22%247", "p%40ss+w%2f%c3%b6rd%2b%27%22%247",
        "p%40ss%20w%2F%C3%B6rd%2B'%22%247", "p%40ss%20w/%C3%B6rd%2B%27%22%247", "p@ss%20w/%C3%B6rd+'%22$7",
        #"{"password":"p@ss w\/örd+'\"$7"}"#, #"{"password":"p@ss w/\u00f6rd+'\"$7"}"#,
        #"+ login 'p@ss w/örd+'\''"$7'"#,
        "70407373", #"p@ss\ w/örd+\'\"\$7"#,
    ])
    func `a secret is found in every common encoding`(_ text: String) {
        let isHexadecimal = text == "70407373"
        #expect(Self.finds(isHexadecimal ? Data(Self.secret.utf8).map { String(format: "%02x", $0) }.joined() : text))
    }

    @Test(arguments: [
        // Go, Gson, PHP with all JSON_HEX_ options, .NET, and Jackson with ASCII output.
        #"a\u0026b=\"c\u003cö'+/"#, #"a\u0026b\u003d\"c\u003cö\u0027+/"#, #"a\u0026b=\u0022c\u003C\u00f6\u0027+\/"#,
        #"a\u0026b=\u0022c\u003C\u00F6\u0027\u002B/"#, #"a&b=\"c<\u00F6'+/"#,
    ])
    func `a secret is found in JSON that escapes HTML`(_ text: String) {
        #expect(Self.finds(#"{"password":"\#(text)"}"#, "a&b=\"c<ö'+/"))
    }

    @Test(arguments: [
        // htmlspecialchars of PHP, html.escape of Python, html.EscapeString of Go, numbers.
        "a&amp;b=&quot;c&lt;ö&#039;+/", "a&amp;b=&quot;c&lt;ö&#x27;+/", "a&amp;b=&#34;c&lt;ö&#39;+/",
        "a&#38;b=&#34;c&#60;ö&#39;+/", "a&amp;b=&quot;c&lt;&#246;&#039;+/", "a&amp;b=&quot;c&lt;&#xf6;'+/",
        // SQL.
        "INSERT INTO t VALUES ('a&b=\"c<ö''+/')", "'a&b=\"c<ö\\'+/'", "'a&b=\\\"c<ö\\'+/'",
        // JSON in JSON, once with the slash escaped in both.
        #"{"log":"{\"password\":\"a&b=\\\"c<ö'+/\"}"}"#, #"{"log":"{\"password\":\"a&b=\\\"c<\\u00f6'+\\\/\"}"}"#,
        // Dumps.
        "61 26 62 3d 22 63 3c c3 b6 27 2b 2f", "61:26:62:3D:22:63:3C:C3:B6:27:2B:2F", "6126 623d 2263 3cc3 b627 2b2f",
        "xx61 2662 3d22 633c c3b6 272b 2f0a", "0x61, 0x26, 0x62, 0x3d, 0x22, 0x63, 0x3c, 0xc3, 0xb6, 0x27, 0x2b, 0x2f",
        "\\x61\\x26\\x62\\x3d\\x22\\x63\\x3c\\xc3\\xb6\\x27\\x2b\\x2f", "6126623d 22633cc3 b6272b2f",
    ])
    func `a secret is found in HTML, SQL, nested JSON and dumps`(_ text: String) {
        #expect(Self.finds(text, "a&b=\"c<ö'+/"))
    }

    @Test(arguments: 0...5, 0...5)
    func `a secret in base64 is found within longer base64`(_ inner: Int, _ outer: Int) {
        let once = Data((String(repeating: "x", count: inner) + Self.secret + "yy").utf8).base64EncodedString()
        let text = String(repeating: "{", count: outer) + #""auth":""# + once + #"","other":1}"#
        #expect(Self.finds(Data(text.utf8).base64EncodedString()))
    }

    @Test(arguments: 0...20)
    func `a secret is found in base64 at any alignment`(_ before: Int) {
        for after in 0...5 {
            for filler in ["x", "\u{FF}", "\0"] {
                let whole =
                    String(repeating: filler, count: before) + Self.secret + String(repeating: filler, count: after)
                let encoded = Data(whole.utf8).base64EncodedString()
                #expect(Self.finds(encoded))
                #expect(
                    Self.finds(encoded.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")))
            }
        }
    }

    @Test func `base64 patterns do not depend on the neighbouring bytes`() {
        for alignment in ["", "a", "ab"] {
            let patterns = SecretPatterns([Password("hunter22")]).all
            for neighbour in ["\0", "\u{7F}"] {
                let encoded = Data((alignment + "hunter22" + neighbour).utf8).base64EncodedData()
                #expect(patterns.contains { encoded.range(of: Data($0)) != nil }, "\(alignment.count) \(neighbour)")
            }
        }
    }

    @Test func `each line of a multiline secret is found, also in wrapped base64`() {
        let key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQ\n-----END KEY-----\n"
        #expect(Self.finds("  MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n", key))
        #expect(Self.finds(key.replacing("\n", with: "\r\n"), key))
        #expect(Self.finds(key.trimmingCharacters(in: .newlines), key))
        let wrapped = Data(key.utf8).base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed])
        for line in wrapped.split(separator: "\n") where line.count >= 8 { #expect(Self.finds(String(line), key)) }
        #expect(!Self.finds("some other text", key))
    }

    @Test func `short patterns are left out, because they would hide half of a log`() {
        for secret in ["abcd", "ab\ncd", "     \n   x"] {
            #expect(SecretPatterns([Password(secret)]).all.allSatisfy { $0.count >= 4 }, "\(secret.debugDescription)")
        }
    }
}
