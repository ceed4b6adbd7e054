/// Lines of "key value", the format of every record of a job.
///
/// The format is this simple because the supervisor, written in C, writes two of the records.
struct RecordText {
    private let lines: [(key: String, value: String)]

    /// Parses a record. It ignores lines without a space, because a newer version may write more.
    ///
    /// It splits by bytes, because Swift takes a space and a combining mark after it for one character.
    init(_ text: String) {
        lines = text.utf8.split(separator: UInt8(ascii: "\n")).compactMap { line in
            guard let space = line.firstIndex(of: UInt8(ascii: " ")) else { return nil }
            return (String(Substring(line[..<space])), String(Substring(line[line.index(after: space)...])))
        }
    }

    /// The first value of a key.
    subscript(key: String) -> String? {
        lines.first { $0.key == key }.map(\.value)
    }

    /// All values of a key, in order.
    func all(_ key: String) -> [String] {
        lines.filter { $0.key == key }.map(\.value)
    }

    /// The first value of a key; nil if it is not a number.
    func integer<Value: FixedWidthInteger>(_ key: String, as: Value.Type = Value.self) -> Value? {
        self[key].flatMap { Value($0) }
    }
}
