import CSystem
import Glibc

/// Finds a text in bytes, in time that grows with the bytes only, whatever the text and the bytes are.
///
/// Without regard to case, each ASCII letter matches in both cases. Other letters match as they are in the text, or all
/// in lower case, or all in upper case.
struct TextFinder {
    /// The texts to find. Without regard to case their ASCII letters are small.
    private let texts: [[UInt8]]
    private let ignoresCase: Bool

    /// - Parameter text: At least one character.
    init(_ text: String, encoding: LogEncoding, ignoresCase: Bool) {
        self.ignoresCase = ignoresCase
        var texts: [[UInt8]] = []
        for spelling in ignoresCase ? [text, text.lowercased(), text.uppercased()] : [text] {
            let bytes = encoding.bytes(of: spelling)
            let folded = ignoresCase ? bytes.map(Self.lowercase) : bytes
            if !texts.contains(folded) { texts.append(folded) }
        }
        self.texts = texts
    }

    /// Finds any of some texts of small ASCII letters, without regard to case.
    init(anyOf texts: [String]) {
        ignoresCase = true
        self.texts = texts.map { Array($0.utf8) }
    }

    /// Calls `body` with the offset of each match in some bytes, in order, until it returns false.
    func forEachMatch(in bytes: UnsafeRawBufferPointer, _ body: (Int) -> Bool) {
        guard ignoresCase else { return search(bytes, body) }
        let folded = [UInt8](unsafeUninitializedCapacity: bytes.count) { buffer, count in
            for index in 0..<bytes.count { buffer[index] = Self.lowercase(bytes[index]) }
            count = bytes.count
        }
        folded.withUnsafeBytes { search($0, body) }
    }

    private func search(_ bytes: UnsafeRawBufferPointer, _ body: (Int) -> Bool) {
        // Most texts have one spelling.
        if let text = texts.first, texts.count == 1 {
            var found = Self.place(of: text, from: 0, in: bytes)
            while found < bytes.count, body(found) {
                found = Self.place(of: text, from: found + text.count, in: bytes)
            }
            return
        }
        var next = texts.map { Self.place(of: $0, from: 0, in: bytes) }
        while let index = next.indices.min(by: { next[$0] < next[$1] }), next[index] < bytes.count {
            let found = next[index]
            guard body(found) else { return }
            let position = found + texts[index].count
            for other in next.indices where next[other] < position {
                next[other] = Self.place(of: texts[other], from: position, in: bytes)
            }
        }
    }

    /// The first place of a text from `position` on; the number of bytes if there is none.
    private static func place(of text: [UInt8], from position: Int, in bytes: UnsafeRawBufferPointer) -> Int {
        guard let base = bytes.baseAddress, position < bytes.count else { return bytes.count }
        return text.withUnsafeBytes { text in
            system_find(base + position, bytes.count - position, text.baseAddress, text.count).map { $0 - base }
                ?? bytes.count
        }
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }
}
