/// Text of lines "key value", the form of every record of a job.
///
/// The supervisor, written in C, writes two of them, so the form is the plainest that holds.
struct RecordText {
    private let lines: [(key: Substring, value: Substring)]

    /// Reads a record. Lines without a space are passed over: a newer version may write more than we know.
    init(_ text: String) {
        lines = text.split(separator: "\n").compactMap { line in
            guard let space = line.firstIndex(of: " ") else { return nil }
            return (line[..<space], line[line.index(after: space)...])
        }
    }

    /// The first value of a key.
    subscript(key: String) -> String? {
        lines.first { $0.key == key }.map { String($0.value) }
    }

    /// All values of a key, in their order.
    func all(_ key: String) -> [String] {
        lines.filter { $0.key == key }.map { String($0.value) }
    }

    /// The first value of a key, if it is a number.
    func integer<Value: FixedWidthInteger>(_ key: String, as: Value.Type = Value.self) -> Value? {
        self[key].flatMap { Value($0) }
    }
}
