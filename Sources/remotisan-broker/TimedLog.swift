import Core
import Foundation

/// A log whose lines begin with the times at which they arrived.
struct TimedLog {
    private let reader: LogReader
    private let index: TimeIndex

    init(_ reader: LogReader, _ index: TimeIndex) {
        self.reader = reader
        self.index = index
    }

    /// Prints the log. A line whose time is unknown begins with spaces of the same width.
    func print(to standardOutput: inout LogOutput) throws {
        var offset: Int64 = 0
        var isAtLineStart = true
        while true {
            let bytes = try reader.bytes(at: offset, count: 1 << 16)
            if bytes.isEmpty { return try standardOutput.end() }
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
            try standardOutput.write(output)
            offset += Int64(bytes.count)
        }
    }

    private static func text(_ record: TimeIndex.Record?) -> String {
        guard let record else { return String(repeating: " ", count: 26) }
        let date = Date(timeIntervalSince1970: Double(record.milliseconds) / 1000)
        return date.formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true)) + "Z  "
    }
}
