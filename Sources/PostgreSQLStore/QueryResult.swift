import CPostgreSQL
import SQLStore

/// The result of a statement: its rows, and how many rows it changed.
struct QueryResult: Sendable {
    let rows: [Row]
    let changed: Int

    /// One row. Values arrive as text, so a column of another type than ours reads as far as its text does.
    struct Row: ResultRow, Sendable {
        private let values: [String?]

        fileprivate init(_ values: [String?]) {
            self.values = values
        }

        func text(_ column: Int) -> String? { values[column] }

        func integer<Number: FixedWidthInteger>(_ column: Int) -> Number? { values[column].flatMap { Number($0) } }

        /// The boolean of a column; nil if it is null.
        func bool(_ column: Int) -> Bool? { values[column].map { $0 == "t" } }
    }

    /// Copies everything out of a result and frees it.
    init(_ result: OpaquePointer) {
        defer { postgres_forget(result) }
        let columns = postgres_columns(result)
        rows = (0..<postgres_rows(result)).map { row in
            Row(
                (0..<columns).map { column in
                    var length: Int32 = 0
                    return postgres_value(result, row, column, &length).map {
                        String(decoding: UnsafeRawBufferPointer(start: $0, count: Int(length)), as: UTF8.self)
                    }
                })
        }
        changed = Int(postgres_changed(result))
    }
}
