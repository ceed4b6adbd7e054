import CZlib
import CZstd

/// A compressed form in which an answer can be sent (RFC 9110, section 8.4.1), the one that we prefer first.
enum ContentCoding: String, CaseIterable {
    /// Zstandard (RFC 8878).
    case zstd
    /// gzip (RFC 1952).
    case gzip

    /// The bytes in this form; nil if that is not smaller, or if the library for it is not installed.
    func compress(_ bytes: [UInt8]) -> [UInt8]? {
        let (bound, write) =
            switch self {
            case .zstd: (zstandard_bound(bytes.count), zstandard_compress)
            case .gzip: (gzip_bound(bytes.count), gzip_compress)
            }
        guard bound > 0 else { return nil }
        let compressed = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            guard let base = buffer.baseAddress else { return }
            count = write(bytes, bytes.count, base)
        }
        return (1..<bytes.count).contains(compressed.count) ? compressed : nil
    }

    /// The codings that a client takes, the one that it prefers first (RFC 9110, section 12.5.3). An asterisk stands for
    /// gzip only, because clients that send one may not know Zstandard.
    ///
    /// - Parameter field: The value of `Accept-Encoding`.
    static func accepted(_ field: String) -> [ContentCoding] {
        var weights: [ContentCoding: Double] = [:]
        var asterisk = 0.0
        for item in WeightedItem.all(in: field) {
            let weight = item.weight ?? 1
            switch item.name {
            case "zstd": weights[.zstd] = weight
            case "gzip", "x-gzip": weights[.gzip] = weight
            case "*": asterisk = weight
            default: break
            }
        }
        // A field that names gzip overrides one with an asterisk.
        weights[.gzip] = weights[.gzip] ?? asterisk
        let taken = allCases.filter { weights[$0] ?? 0 > 0 }
        // The sort is stable.
        return taken.sorted { weights[$0] ?? 0 > weights[$1] ?? 0 }
    }
}
