import Glibc

/// A statement with its values.
struct Query: Sendable {
    let sql: String
    let values: [Value]
    /// Whether the connection keeps it prepared. If the best plan depends on the values, it is planned every time
    /// instead.
    let isPrepared: Bool

    /// A statement that is used again.
    init(_ sql: String, _ values: [Value] = []) {
        self.init(sql, values, isPrepared: true)
    }

    private init(_ sql: String, _ values: [Value], isPrepared: Bool) {
        self.sql = sql
        self.values = values
        self.isPrepared = isPrepared
    }

    /// A statement that is built for its values, or used once.
    static func once(_ sql: String, _ values: [Value] = []) -> Query {
        Query(sql, values, isPrepared: false)
    }
}

/// The values of a statement that is being built.
struct Values {
    private(set) var all: [Value]
    /// What is known of the rows that the statement finds.
    let hints: HistoryHints

    init(_ values: [Value] = [], hints: HistoryHints = .init()) {
        all = values
        self.hints = hints
    }

    /// Adds a value and returns its placeholder.
    mutating func add(_ value: Value) -> String {
        all.append(value)
        return "$\(all.count)"
    }
}

/// An array of C strings that ends with NULL. It owns the strings.
final class CStrings {
    let pointers: [UnsafePointer<CChar>?]

    /// Copies texts. Nil becomes NULL.
    init(_ texts: [String?]) {
        pointers = texts.map { $0.flatMap { strdup($0) }.map { UnsafePointer($0) } } + [nil]
    }

    deinit {
        for pointer in pointers { free(UnsafeMutablePointer(mutating: pointer)) }
    }
}
