import Core
import Foundation

/// A log whose lines begin with the times at which they arrived.
struct TimedLog {
    private let reader: LogReader
    private let index: TimeIndex
    private let encoding: LogEncoding

    init(_ reader: LogReader, _ index: TimeIndex, encoding: LogEncoding) {
        self.reader = reader
        self.index = index
        self.encoding = encoding
    }

    /// Prints the log. A line whose time is unknown begins with spaces of the same width.
    func print() throws {
        var offset: Int64 = 0
        var isAtLineStart = true
        while true {
            let bytes = try reader.bytes(at: offset, count: 1 << 16)
            if bytes.isEmpty { return }
            var times = try index.records(of: offset..<offset + Int64(bytes.count))[...]
            var output: [UInt8] = []
            for (position, byte) in bytes.enumerated() {
                if isAtLineStart {
                    while let next = times.dropFirst().first, next.offset <= offset + Int64(position) {
                        times.removeFirst()
                    }
                    output += Self.text(times.first { $0.offset <= offset + Int64(position) }).utf8
                }
                output.append(byte)
                isAtLineStart = byte == UInt8(ascii: "\n")
            }
            try Descriptor.standardOutput { try $0.write(encoding.utf8(of: output), to: "standard output") }
            offset += Int64(bytes.count)
        }
    }

    private static func text(_ record: TimeIndex.Record?) -> String {
        guard let record else { return String(repeating: " ", count: 26) }
        let date = Date(timeIntervalSince1970: Double(record.milliseconds) / 1000)
        return date.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true)) + "Z  "
    }
}
