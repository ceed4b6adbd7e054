/// A statement with its values.
struct Query: Sendable {
    let sql: String
    let values: [Value]
    /// Whether a connection keeps it prepared. One whose best plan depends on the values is planned each time.
    let isPrepared: Bool

    /// A statement that is one of a few.
    init(_ sql: String, _ values: [Value] = []) {
        self.init(sql, values, isPrepared: true)
    }

    private init(_ sql: String, _ values: [Value], isPrepared: Bool) {
        self.sql = sql
        self.values = values
        self.isPrepared = isPrepared
    }

    /// A statement that is made for its values, or done once.
    static func once(_ sql: String, _ values: [Value] = []) -> Query {
        Query(sql, values, isPrepared: false)
    }
}
