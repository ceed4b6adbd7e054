import Glibc

/// A part of a log without its escape sequences (ECMA-48), as a terminal shows it. It knows where each byte was.
struct VisibleText {
    private(set) var bytes: [UInt8] = []
    /// Where kept runs begin: in `bytes`, and in the log's part. Empty if nothing was left out.
    private var runs: [(kept: Int, original: Int)] = []

    private static let escape: UInt8 = 0x1B

    /// - Parameter part: Bytes of the log.
    init(_ part: UnsafeRawBufferPointer) {
        guard let base = part.baseAddress else { return }
        guard memchr(base, Int32(Self.escape), part.count) != nil else {
            bytes = Array(part)
            return
        }
        var runs: [(kept: Int, original: Int)] = []
        runs.reserveCapacity(part.count / 32)
        bytes = [UInt8](unsafeUninitializedCapacity: part.count) { buffer, kept in
            var position = 0
            while position < part.count {
                let found = memchr(base + position, Int32(Self.escape), part.count - position)
                let end = found.map { UnsafeRawPointer($0) - base } ?? part.count
                if end > position, let target = buffer.baseAddress {
                    runs.append((kept, position))
                    memcpy(target + kept, base + position, end - position)
                    kept += end - position
                }
                position = end < part.count ? Self.end(ofSequenceAt: end, in: part) : end
            }
        }
        self.runs = runs
    }

    /// The offset in the log's part of a kept byte.
    func original(of offset: Int) -> Int {
        guard !runs.isEmpty else { return offset }
        var low = 0
        var high = runs.count
        while low + 1 < high {
            let middle = (low + high) / 2
            if runs[middle].kept <= offset { low = middle } else { high = middle }
        }
        return runs[low].original + offset - runs[low].kept
    }

    /// The offset behind an escape sequence. A line break ends one that is not complete.
    private static func end(ofSequenceAt start: Int, in part: UnsafeRawBufferPointer) -> Int {
        var position = start + 1
        guard position < part.count else { return position }
        let kind = part[position]
        switch kind {
        case UInt8(ascii: "["):
            position += 1
            while position < part.count, (0x20...0x3F).contains(part[position]) { position += 1 }
            return position < part.count && (0x40...0x7E).contains(part[position]) ? position + 1 : position
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "X"):
            position += 1
            while position < part.count, part[position] >= 0x20 { position += 1 }
            guard position < part.count else { return position }
            if part[position] == 0x07 { return position + 1 }
            let isTerminated =
                part[position] == escape && position + 1 < part.count
                && part[position + 1] == UInt8(ascii: "\\")
            return isTerminated ? position + 2 : position
        default:
            while position < part.count, (0x20...0x2F).contains(part[position]) { position += 1 }
            return position < part.count && (0x30...0x7E).contains(part[position]) ? position + 1 : position
        }
    }
}
