/// Names of people and of what they may do are compared byte for byte, as the audit store does it.
///
/// Swift's `==` finds "é" and "e" with a combining accent equal; for whoever keeps accounts those are two names, and
/// the second may be had for the asking.
extension String {
    /// Whether these are the same bytes.
    package func isExactly(_ other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }
}

extension Set<String> {
    /// Whether one of these is the same bytes.
    package func containsExactly(_ text: String) -> Bool {
        firstIndex(of: text).map { self[$0].isExactly(text) } ?? false
    }

    /// Whether both hold one that is the same bytes.
    package func sharesExactly(_ others: Set<String>) -> Bool {
        contains { others.containsExactly($0) }
    }
}
