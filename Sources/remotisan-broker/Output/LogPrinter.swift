import Core

/// Prints a log on standard output, from where it has stopped.
struct LogPrinter {
    private let files: JobFiles
    private let reader: LogReader
    private let index: TimeIndex
    private let encoding: LogEncoding
    private let isRaw: Bool
    private var text = TerminalText()
    private var offset: Int64 = 0
    private var isAtLineStart = true
    /// How the arrival of each line is printed; nil to print none.
    var times: TimeText?

    /// Bytes that are read together.
    private static let part = 1 << 16

    /// - Parameter isRaw: Whether control characters are printed as they are.
    init(_ files: JobFiles, encoding: LogEncoding, isRaw: Bool) {
        self.files = files
        reader = LogReader(files)
        index = TimeIndex(files)
        self.encoding = encoding
        self.isRaw = isRaw
    }

    /// Whether there is a log.
    var hasLog: Bool { FileStatus(ofPath: files.log) != nil }

    /// Prints what is new in the log.
    ///
    /// - Returns: Whether there was something.
    mutating func printNew() throws -> Bool {
        let begin = offset
        reading: while reader.size > offset {
            switch try isRaw
                ? .bytes(reader.bytes(at: offset, count: Self.part)) : reader.part(at: offset, count: Self.part)
            {
            case .leftOut(let range):
                let line =
                    "\n[\(range.upperBound - range.lowerBound) bytes left out here: the log outgrew logger.max_bytes]\n"
                try write(Array(line.utf8))
                isAtLineStart = true
                offset = range.upperBound
            case .bytes(let bytes):
                if bytes.isEmpty { break reading }
                try write(times == nil ? bytes : withTimes(bytes))
                offset += Int64(bytes.count)
            }
        }
        try StandardOutput.flush()
        return offset > begin
    }

    /// Prints what depends on bytes that did not come.
    mutating func end() throws(OutputError) {
        try StandardOutput.write(text.rest())
        try StandardOutput.flush()
    }

    private mutating func write(_ bytes: [UInt8]) throws(OutputError) {
        let utf8 = encoding.utf8(of: bytes)
        try StandardOutput.write(isRaw ? utf8 : text.neutralised(utf8))
    }

    /// Bytes of the log, with the time of its arrival before each line. A line whose time is unknown begins with spaces
    /// of the same width.
    private mutating func withTimes(_ bytes: [UInt8]) throws(SystemError) -> [UInt8] {
        var known = try index.records(of: offset..<offset + Int64(bytes.count))[...]
        var output: [UInt8] = []
        for (position, byte) in bytes.enumerated() {
            let place = offset + Int64(position)
            if isAtLineStart {
                while let next = known.dropFirst().first, next.offset <= place { known.removeFirst() }
                output += prefix(known.first { $0.offset <= place }).utf8
            }
            output.append(byte)
            isAtLineStart = byte == UInt8(ascii: "\n")
        }
        return output
    }

    private func prefix(_ record: TimeIndex.Record?) -> String {
        guard let times else { return "" }
        guard let record else { return String(repeating: " ", count: times.widthWithMilliseconds + 2) }
        return times.text(milliseconds: record.milliseconds) + "  "
    }
}
