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
