import Foundation

/// The parts of a text's Base64 encoding (RFC 4648) that do not depend on the data around it.
///
/// Three bytes become four characters, so there are three alignments. Characters at the ends that also encode bits of
/// neighbouring data are left out.
struct Base64Patterns {
    /// The patterns in both alphabets, and the lines into which encoders break the text's own encoding.
    let all: Set<[UInt8]>
    /// The pattern in each of the three alignments.
    let aligned: Set<[UInt8]>

    init(_ text: [UInt8]) {
        var found: Set<[UInt8]> = []
        for alignment in 0..<3 {
            let encoded = Array(Data(repeating: 0, count: alignment) + text).base64
            // Characters of six bits that lie entirely within the text.
            let first = (alignment * 8 + 5) / 6
            let last = (alignment + text.count) * 8 / 6
            if first < last { found.insert(Array(encoded[first..<last])) }
        }
        aligned = found
        let own = text.base64
        // MIME and base64(1) break lines at 76 characters, PEM and openssl(1) at 64.
        for width in [64, 76] where own.count > width {
            for start in stride(from: 0, to: own.count, by: width) {
                let line = Array(own[start..<min(start + width, own.count)])
                if line.count >= 8 { found.insert(line) }
            }
        }
        all = found.union(found.map { $0.map(Self.urlSafe) })
    }

    private static func urlSafe(_ character: UInt8) -> UInt8 {
        switch character {
        case UInt8(ascii: "+"): UInt8(ascii: "-")
        case UInt8(ascii: "/"): UInt8(ascii: "_")
        default: character
        }
    }
}

extension [UInt8] {
    fileprivate var base64: [UInt8] { Array(Data(self).base64EncodedData()) }
}
