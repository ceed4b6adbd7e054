/// Byte-by-byte comparison of the names of users, roles and commands, as in the store.
///
/// Swift's `==` takes "é" and "e" with a combining accent for equal. An account system takes them for two names, and a
/// user may be able to choose the second one.
extension String {
    /// Whether both strings have the same bytes.
    package func isExactly(_ other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }
}

extension Set<String> {
    /// Whether an element has the same bytes.
    package func containsExactly(_ text: String) -> Bool {
        firstIndex(of: text).map { self[$0].isExactly(text) } ?? false
    }

    /// Whether both sets have an element with the same bytes.
    package func sharesExactly(_ others: Set<String>) -> Bool {
        contains { others.containsExactly($0) }
    }
}
