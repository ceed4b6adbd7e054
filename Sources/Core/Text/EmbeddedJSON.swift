/// Finds JSON objects in a text that contains other lines, too (RFC 8259).
///
/// Programs print notices before and after their JSON: prose with brackets, log lines that are JSON themselves, or a
/// `Loading…` without a line break.
enum EmbeddedJSON {
    /// The complete objects that lie in no other object, in their order.
    static func objects(in text: String) -> [String] {
        let bytes = Array(text.utf8)
        var objects: [String] = []
        var position = 0
        while let start = bytes[position...].firstIndex(of: UInt8(ascii: "{")) {
            var scanner = Scanner(bytes: bytes, position: start)
            if scanner.skipObject() {
                objects.append(String(decoding: bytes[start..<scanner.position], as: UTF8.self))
                position = scanner.position
            } else {
                position = start + 1
            }
        }
        return objects
    }

    /// Skips one value after the other, without recursion, so that deep nesting needs no stack.
    private struct Scanner {
        let bytes: [UInt8]
        var position: Int

        /// What the grammar allows next.
        private enum Expected {
            case value, valueOrEnd, key, keyOrEnd, separatorOrEnd
        }

        private static let maxDepth = 512

        /// Moves behind the object at the position; false if there is no complete object.
        mutating func skipObject() -> Bool {
            var closers: [UInt8] = [UInt8(ascii: "}")]
            var expected = Expected.keyOrEnd
            position += 1
            while let closer = closers.last {
                skipBlanks()
                guard position < bytes.count else { return false }
                let byte = bytes[position]
                switch (expected, byte) {
                case (.keyOrEnd, closer), (.valueOrEnd, closer), (.separatorOrEnd, closer):
                    position += 1
                    closers.removeLast()
                    expected = .separatorOrEnd
                case (.separatorOrEnd, UInt8(ascii: ",")):
                    position += 1
                    expected = closer == UInt8(ascii: "}") ? .key : .value
                case (.key, UInt8(ascii: "\"")), (.keyOrEnd, UInt8(ascii: "\"")):
                    guard skipString() else { return false }
                    skipBlanks()
                    guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else { return false }
                    position += 1
                    expected = .value
                case (.value, UInt8(ascii: "{")), (.valueOrEnd, UInt8(ascii: "{")):
                    position += 1
                    closers.append(UInt8(ascii: "}"))
                    expected = .keyOrEnd
                case (.value, UInt8(ascii: "[")), (.valueOrEnd, UInt8(ascii: "[")):
                    position += 1
                    closers.append(UInt8(ascii: "]"))
                    expected = .valueOrEnd
                case (.value, UInt8(ascii: "\"")), (.valueOrEnd, UInt8(ascii: "\"")):
                    guard skipString() else { return false }
                    expected = .separatorOrEnd
                case (.value, _), (.valueOrEnd, _):
                    guard skipWord() else { return false }
                    expected = .separatorOrEnd
                default: return false
                }
                guard closers.count <= Self.maxDepth else { return false }
            }
            return true
        }

        private mutating func skipBlanks() {
            while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
        }

        /// Moves behind the string at the position. Control characters end no string, they make it invalid.
        private mutating func skipString() -> Bool {
            position += 1
            while position < bytes.count {
                switch bytes[position] {
                case UInt8(ascii: "\""):
                    position += 1
                    return true
                case UInt8(ascii: "\\"): position += 2
                case 0..<0x20: return false
                default: position += 1
                }
            }
            return false
        }

        /// Moves behind a number, `true`, `false` or `null`.
        private mutating func skipWord() -> Bool {
            let start = position
            while position < bytes.count, isOfWord(bytes[position]) { position += 1 }
            let word = String(decoding: bytes[start..<position], as: UTF8.self)
            return ["true", "false", "null"].contains(word) || Double(word) != nil
        }

        private func isOfWord(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "E"),
                UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }
}
