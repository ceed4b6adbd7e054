/// Writes a JSON object, member by member, in order. Much faster than `JSONEncoder`, and a missing value becomes `null`.
struct JSONObject: ~Copyable {
    private var bytes: [UInt8]

    /// - Parameter capacity: Expected length in bytes.
    init(capacity: Int = 512) {
        bytes = []
        bytes.reserveCapacity(capacity)
        bytes.append(UInt8(ascii: "{"))
    }

    mutating func add(_ name: StaticString, _ value: String?) {
        begin(name)
        if let value { JSON.append(value, to: &bytes) } else { addNull() }
    }

    mutating func add(_ name: StaticString, _ value: (some FixedWidthInteger)?) {
        begin(name)
        if let value { bytes += String(value).utf8 } else { addNull() }
    }

    mutating func add(_ name: StaticString, _ value: Bool) {
        begin(name)
        bytes += (value ? "true" : "false").utf8
    }

    /// Adds a value that is JSON text already.
    mutating func add(_ name: StaticString, json: some Sequence<UInt8>) {
        begin(name)
        bytes += json
    }

    /// The text of the object.
    consuming func text() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    private mutating func begin(_ name: StaticString) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        bytes += UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        bytes.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: ":")])
    }

    private mutating func addNull() {
        bytes += "null".utf8
    }
}
