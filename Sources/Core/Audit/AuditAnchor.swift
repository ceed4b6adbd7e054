/// The end of a chain at some time, kept where a change of the store does not reach it: `UUID:NUMBER:HASH`.
///
/// Only an anchor shows that the newest entries were removed, or that a whole chain was made anew.
package struct AuditAnchor: Sendable, Equatable, CustomStringConvertible {
    package let instance: String
    package let head: AuditHead

    package init(instance: String, head: AuditHead) {
        self.instance = instance
        self.head = head
    }

    /// Nil if the text is no anchor.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, let number = Int64(parts[1]), number > 0, parts[2].utf8.count == 64,
            parts[2].utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        self.init(instance: String(parts[0]), head: AuditHead(number: number, hash: String(parts[2])))
    }

    /// The anchors in a text, such as a file of syslog: each is one of the words of a line.
    package static func all(in text: String) -> [AuditAnchor] {
        text.split { $0.isWhitespace }.compactMap { AuditAnchor($0) }
    }

    package var description: String { "\(instance):\(head.number):\(head.hash)" }
}
