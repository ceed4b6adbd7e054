import CSystem
import Glibc

/// Finds a text in bytes, in one pass and without backtracking over more than the text's own length.
///
/// Without regard to case, each letter matches in its lower and upper case, as far as the encoding has both.
struct TextFinder {
    /// The spellings of each character, as bytes.
    private let characters: [[[UInt8]]]
    /// The text itself, if only this spelling matches.
    private let exact: [UInt8]?
    /// The character that is searched for first, and the bytes before it.
    private let anchor: Anchor

    private struct Anchor {
        let index: Int
        let offset: Int
        let first: UInt8
        let second: UInt8
    }

    /// Bytes of the longest match.
    let maxLength: Int

    /// - Parameter text: At least one character.
    init(_ text: String, encoding: LogEncoding, ignoresCase: Bool) {
        characters = text.unicodeScalars.map { scalar in
            let spellings = [
                String(scalar), ignoresCase ? scalar.properties.lowercaseMapping : nil,
                ignoresCase ? scalar.properties.uppercaseMapping : nil,
            ]
            var known: [[UInt8]] = []
            for spelling in spellings.compactMap({ $0 }) {
                let bytes = encoding.bytes(of: spelling)
                if !known.contains(bytes) { known.append(bytes) }
            }
            return known
        }
        exact = characters.allSatisfy { $0.count == 1 } ? characters.flatMap { $0[0] } : nil
        maxLength = characters.reduce(0) { sum, spellings in sum + (spellings.map(\.count).max() ?? 0) }
        anchor = Self.rarest(of: characters)
    }

    /// The rarest character of those that stand at a known offset in every match.
    private static func rarest(of characters: [[[UInt8]]]) -> Anchor {
        var best = Anchor(index: 0, offset: 0, first: characters[0][0][0], second: characters[0].last?[0] ?? 0)
        var bestRarity = -1
        var offset = 0
        for (index, spellings) in characters.enumerated() {
            let starts = Set(spellings.map { $0[0] })
            let rarity = spellings.map { Self.rarity(of: $0[0]) }.min() ?? 0
            if starts.count <= 2, rarity > bestRarity {
                bestRarity = rarity
                best = Anchor(
                    index: index, offset: offset, first: spellings[0][0], second: spellings[spellings.count - 1][0])
            }
            guard Set(spellings.map(\.count)).count == 1 else { break }
            offset += spellings[0].count
        }
        return best
    }

    /// How rare a byte is in logs: 0 for the space, larger for rarer ones.
    private static func rarity(of byte: UInt8) -> Int {
        let frequent = Array(" e0taoinsrhldc1um2-.:p3456789gfywbv/".utf8)
        let lower = (65...90).contains(byte) ? byte | 0x20 : byte
        return frequent.firstIndex(of: lower) ?? (byte >= 0x80 ? 20 : frequent.count)
    }

    /// Calls `body` with the offset of each match in some bytes, in order, until it returns false.
    func forEachMatch(in bytes: UnsafeRawBufferPointer, _ body: (Int) -> Bool) {
        guard let base = bytes.baseAddress else { return }
        if let exact {
            exact.withUnsafeBytes { text in
                var position = 0
                while let found = system_find(base + position, bytes.count - position, text.baseAddress, text.count) {
                    let offset = found - base
                    guard body(offset) else { return }
                    position = offset + text.count
                }
            }
            return
        }
        var streams = [ByteStream(anchor.first)]
        if anchor.second != anchor.first { streams.append(ByteStream(anchor.second)) }
        var position = anchor.offset
        while true {
            var candidate = bytes.count
            for index in streams.indices { candidate = min(candidate, streams[index].next(from: position, in: bytes)) }
            guard candidate < bytes.count else { return }
            position = candidate + 1
            let start = candidate - anchor.offset
            if let end = end(ofMatchAt: start, in: bytes) {
                guard body(start) else { return }
                position = max(position, end + anchor.offset)
            }
        }
    }

    /// The offset behind the match that begins at an offset; nil if none does.
    private func end(ofMatchAt start: Int, in bytes: UnsafeRawBufferPointer) -> Int? {
        var position = start
        for spellings in characters {
            let found = spellings.first { spelling in
                guard position + spelling.count <= bytes.count else { return false }
                for index in spelling.indices where bytes[position + index] != spelling[index] { return false }
                return true
            }
            guard let found else { return nil }
            position += found.count
        }
        return position
    }

    /// The places of one byte. The next one is remembered, because the other byte may be more frequent.
    private struct ByteStream {
        let byte: UInt8
        private var known = -1

        init(_ byte: UInt8) {
            self.byte = byte
        }

        /// The first place from `position` on; the number of bytes if there is none.
        mutating func next(from position: Int, in bytes: UnsafeRawBufferPointer) -> Int {
            if known >= position { return known }
            guard let base = bytes.baseAddress, position < bytes.count,
                let found = memchr(base + position, Int32(byte), bytes.count - position)
            else {
                known = bytes.count
                return known
            }
            known = UnsafeRawPointer(found) - base
            return known
        }
    }
}
