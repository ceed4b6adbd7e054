import Foundation
import TestSupport
import Testing

@testable import Core

struct LogEncodingTests {
    private static let allBytes = (0...255).map { UInt8($0) }

    @Test(arguments: [(LogEncoding.iso88591, String.Encoding.isoLatin1), (.windows1252, .windowsCP1252)])
    func `every byte has the character of its standard`(_ encoding: LogEncoding, _ standard: String.Encoding) throws {
        for byte in Self.allBytes {
            let text = encoding.text(of: [byte])
            #expect(text.unicodeScalars.count == 1)
            #expect(text.utf16.count == 1, "The page counts a byte for each unit of UTF-16.")
            #expect(Array(text.utf8) == encoding.utf8(of: [byte]))
            // Foundation has no character for the five unused bytes of windows-1252.
            guard encoding != .windows1252 || ![0x81, 0x8D, 0x8F, 0x90, 0x9D].contains(byte) else {
                #expect(text.unicodeScalars.first?.value == UInt32(byte))
                continue
            }
            #expect(text == String(data: Data([byte]), encoding: standard), "\(byte)")
        }
    }

    @Test(arguments: [LogEncoding.iso88591, .windows1252])
    func `text becomes the bytes that it was read from`(_ encoding: LogEncoding) {
        #expect(encoding.bytes(of: encoding.text(of: Self.allBytes)) == Self.allBytes)
        #expect(encoding.bytes(of: "Jörg \u{1F600}\u{20AC}\u{4E00}").prefix(5) == [0x4A, 0xF6, 0x72, 0x67, 0x20])
        #expect(encoding.bytes(of: "\u{1F600}\u{4E00}\u{10080}") == Array("???".utf8))
    }

    @Test func `UTF-8 stays as it is, invalid bytes included`() {
        #expect(LogEncoding.utf8.utf8(of: [0x61, 0xFF]) == [0x61, 0xFF])
        #expect(LogEncoding.utf8.text(of: [0x61, 0xFF]) == "a\u{FFFD}")
        #expect(LogEncoding.utf8.bytes(of: "é") == [0xC3, 0xA9])
    }

    @Test func `a secret is found in the encoding of the output`() {
        let secret = "pässw\u{F6}rd'1"
        for encoding in [LogEncoding.iso88591, .windows1252] {
            let patterns = SecretPatterns([Password(secret)], in: encoding).all
            let bytes = encoding.bytes(of: secret)
            #expect(patterns.contains(bytes))
            #expect(patterns.contains(Array(secret.utf8)), "The command may also print what it was given.")
            #expect(patterns.contains(Array("p%E4ssw%F6rd%271".utf8)))
            #expect(patterns.contains(encoding.bytes(of: "pässw\u{F6}rd'\\''1")))
        }
        #expect(!SecretPatterns([Password(secret)]).all.contains(LogEncoding.iso88591.bytes(of: secret)))
    }

    @Test func `a line that is added to a log has the log's encoding`() throws {
        let temporary = try TemporaryStorage()
        let files = temporary.files(JobUUID())
        try files.appendToLog("PROCESS KILLED BY jörg", in: .iso88591)
        #expect(try LogReader(files, encoding: .iso88591).lastLines() == "PROCESS KILLED BY jörg")
        #expect(LogReader(files).size == 23)
    }
}
