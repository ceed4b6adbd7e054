import Core

/// The range of a Range header field (RFC 9110, section 14).
enum ByteRange: Equatable {
    case part(Range<Int64>)
    /// The log has no such bytes: 416.
    case unsatisfiable

    /// Reads a header field. Returns nil for a field that a server may ignore: another unit, several ranges, bad
    /// syntax.
    init?(_ field: String, size: Int64) {
        guard field.hasPrefix("bytes=") else { return nil }
        let bounds = field.dropFirst(6).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard bounds.count == 2, bounds.joined().allSatisfy(\.isASCIIDigit) else { return nil }
        let first = Int64(bounds[0])
        let last = Int64(bounds[1])
        switch (first, last) {
        case (nil, let length?) where bounds[0].isEmpty:
            self = length == 0 || size == 0 ? .unsatisfiable : .part(max(0, size - length)..<size)
        case (let first?, let last?) where last >= first:
            self = first < size ? .part(first..<(min(last, size - 1) + 1)) : .unsatisfiable
        case (let first?, nil) where bounds[1].isEmpty:
            self = first < size ? .part(first..<size) : .unsatisfiable
        default:
            return nil
        }
    }
}
