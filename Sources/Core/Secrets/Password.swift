import Glibc

/// A secret that descriptions, logs and reflection do not show.
package struct Password: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// The secret.
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    /// Reads the first line of a file, which may be a symbolic link.
    package init(firstLineOf path: String) throws(SystemError) {
        let file = try RealPath.resolve(path)
        let bytes = try Descriptor(opening: file, O_RDONLY).read(4096, at: 0, of: file)
        text = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }, as: UTF8.self)
    }

    /// The secret as a line, for the standard input of a program.
    var line: [UInt8] { Array(text.utf8) + (text.utf8.last == UInt8(ascii: "\n") ? [] : [UInt8(ascii: "\n")]) }

    /// A placeholder.
    package var description: String { "(hidden)" }
    /// A placeholder without children.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
