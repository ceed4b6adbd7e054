/// Text of lines "key value", the form of every record of a job.
///
/// The supervisor, written in C, writes two of them, so the form is the plainest that holds.
struct RecordText {
    private let lines: [(key: String, value: String)]

    /// Reads a record. Lines without a space are passed over: a newer version may write more than we know.
    ///
    /// By bytes, not by what Swift calls a character: a space and a combining mark behind it are one of those.
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

    /// All values of a key, in their order.
    func all(_ key: String) -> [String] {
        lines.filter { $0.key == key }.map(\.value)
    }

    /// The first value of a key, if it is a number.
    func integer<Value: FixedWidthInteger>(_ key: String, as: Value.Type = Value.self) -> Value? {
        self[key].flatMap { Value($0) }
    }
}
