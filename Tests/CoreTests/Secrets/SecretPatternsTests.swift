import Foundation
import Testing

@testable import Core

struct SecretPatternsTests {
    private static let secret = "p@ss w/örd+'\"$7"

    private static func holds(_ text: String, _ secret: String = secret) -> Bool {
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
    func `it is found however a program writes it`(_ text: String) {
        let isHexadecimal = text == "70407373"
        #expect(Self.holds(isHexadecimal ? Data(Self.secret.utf8).map { String(format: "%02x", $0) }.joined() : text))
    }

    @Test(arguments: [
        // Go, Gson, PHP with all of JSON_HEX_…, .NET, Jackson for ASCII.
        #"a\u0026b=\"c\u003cö'+/"#, #"a\u0026b\u003d\"c\u003cö\u0027+/"#, #"a\u0026b=\u0022c\u003C\u00f6\u0027+\/"#,
        #"a\u0026b=\u0022c\u003C\u00F6\u0027\u002B/"#, #"a&b=\"c<\u00F6'+/"#,
    ])
    func `it is found in JSON that minds HTML`(_ text: String) {
        #expect(Self.holds(#"{"password":"\#(text)"}"#, "a&b=\"c<ö'+/"))
    }

    @Test(arguments: 0...20)
    func `it is found in base 64 whatever stands around it`(_ before: Int) {
        for after in 0...5 {
            for filler in ["x", "\u{FF}", "\0"] {
                let whole =
                    String(repeating: filler, count: before) + Self.secret + String(repeating: filler, count: after)
                let encoded = Data(whole.utf8).base64EncodedString()
                #expect(Self.holds(encoded))
                #expect(
                    Self.holds(encoded.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")))
            }
        }
    }

    @Test func `of base 64 nothing is taken for the secret that a neighbour determines`() {
        for alignment in ["", "a", "ab"] {
            let patterns = SecretPatterns([Password("hunter22")]).all
            for neighbour in ["\0", "\u{7F}"] {
                let encoded = Data((alignment + "hunter22" + neighbour).utf8).base64EncodedData()
                #expect(patterns.contains { encoded.range(of: Data($0)) != nil }, "\(alignment.count) \(neighbour)")
            }
        }
    }

    @Test func `a key of several lines is found line by line, with any line ends, and wrapped in base 64`() {
        let key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQ\n-----END KEY-----\n"
        #expect(Self.holds("  MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n", key))
        #expect(Self.holds(key.replacing("\n", with: "\r\n"), key))
        #expect(Self.holds(key.trimmingCharacters(in: .newlines), key))
        let wrapped = Data(key.utf8).base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed])
        for line in wrapped.split(separator: "\n") where line.count >= 8 { #expect(Self.holds(String(line), key)) }
        #expect(!Self.holds("nothing of the kind", key))
    }

    @Test func `patterns that would hide half of a log are left out`() {
        for secret in ["abcd", "ab\ncd", "     \n   x"] {
            #expect(SecretPatterns([Password(secret)]).all.allSatisfy { $0.count >= 4 }, "\(secret.debugDescription)")
        }
    }
}
