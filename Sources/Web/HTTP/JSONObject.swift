/// Writes a JSON object, member by member, in order. Much faster than `JSONEncoder`, and a missing value becomes `null`.
struct JSONObject: ~Copyable, FieldWriter {
    private var bytes: [UInt8]
    private var isEmpty = true

    /// - Parameter capacity: Expected length in bytes.
    init(capacity: Int = 512) {
        bytes = []
        bytes.reserveCapacity(capacity)
        bytes.append(UInt8(ascii: "{"))
    }

    /// Begins an object after other text.
    init(after text: consuming [UInt8]) {
        bytes = text
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
    mutating func add(_ name: StaticString, json: [UInt8]) {
        begin(name)
        bytes += json
    }

    /// Adds an array.
    ///
    /// - Parameter append: Appends an element to the text that it gets.
    mutating func add<Element>(
        _ name: StaticString, of elements: some Sequence<Element>,
        appending append: (Element, consuming [UInt8]) -> [UInt8]
    ) {
        begin(name)
        bytes.append(UInt8(ascii: "["))
        var isFirst = true
        for element in elements {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            var text: [UInt8] = []
            swap(&text, &bytes)
            bytes = append(element, text)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// The text of the object, after the text before it.
    consuming func text() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    private mutating func begin(_ name: StaticString) {
        if !isEmpty { bytes.append(UInt8(ascii: ",")) }
        isEmpty = false
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func addNull() {
        bytes += "null".utf8
    }
}
