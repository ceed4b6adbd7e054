import Glibc

/// LOGS/UUID.times: when the bytes of a log arrived. The collector writes a record for each part, but at most one in
/// 10 ms.
package struct TimeIndex: Sendable {
    private let path: String

    package init(_ files: JobFiles) {
        path = files.times
    }

    /// The bytes from `offset` on arrived at this time.
    package struct Record: Sendable, Equatable {
        /// Bytes from the start of the log.
        package let offset: Int64
        /// Milliseconds since 1970.
        package let milliseconds: Int64
    }

    /// Length of a record in bytes: two numbers of eight bytes, in the byte order of the machine.
    private static let recordLength: Int64 = 16

    /// Number of records that are read at once.
    private static let batchSize = 1024

    /// The records for a part of the log. The first one is that of the part's first byte.
    ///
    /// An empty part has none. A log without an index has none: an earlier version wrote it, or the disk was full.
    ///
    /// - Parameters:
    ///   - range: The bytes of the log.
    ///   - limit: Maximum number of records.
    package func records(of range: Range<Int64>, limit: Int = .max) throws(SystemError) -> [Record] {
        if range.isEmpty { return [] }
        do throws(SystemError) {
            let file = try Descriptor.opening(replaceable: path, O_RDONLY, owner: nil)
            let count = try file.status(of: path).size / Self.recordLength
            // The last record at or before the start.
            var low: Int64 = 0
            var high = count
            while low < high {
                let middle = (low + high) / 2
                guard let record = try read(1, at: middle, in: file).first else { break }
                if record.offset <= range.lowerBound { low = middle + 1 } else { high = middle }
            }
            var records: [Record] = []
            var position = max(0, low - 1)
            while position < count, records.count < limit {
                let batch = try read(min(Self.batchSize, limit - records.count), at: position, in: file)
                records += batch.prefix { $0.offset < range.upperBound }
                guard let last = batch.last, last.offset < range.upperBound else { break }
                position += Int64(batch.count)
            }
            return records
        } catch {
            guard error.code == ENOENT else { throw error }
            return []
        }
    }

    private func read(_ count: Int, at position: Int64, in file: borrowing Descriptor) throws(SystemError) -> [Record] {
        let bytes = try file.read(count * Int(Self.recordLength), at: position * Self.recordLength, of: path)
        return bytes.withUnsafeBytes { raw in
            (0..<(raw.count / Int(Self.recordLength))).map { index in
                let start = index * Int(Self.recordLength)
                return Record(
                    offset: raw.loadUnaligned(fromByteOffset: start, as: Int64.self),
                    milliseconds: raw.loadUnaligned(fromByteOffset: start + 8, as: Int64.self))
            }
        }
    }
}
