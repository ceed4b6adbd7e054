import CPostgreSQL

/// What a statement gave: rows of texts, and how many rows it changed.
struct Answer: Sendable {
    let rows: [Row]
    let changed: Int

    /// One row. Values come as text, so a column of another type than ours reads as far as its text does.
    struct Row: Sendable {
        private let values: [String?]

        fileprivate init(_ values: [String?]) {
            self.values = values
        }

        /// A text; nil where it is null.
        subscript(text column: Int) -> String? { values[column] }

        /// A number; nil where it is null, or none.
        subscript<Number: FixedWidthInteger>(number column: Int) -> Number? { values[column].flatMap { Number($0) } }

        /// A yes or no; nil where it is null.
        subscript(bool column: Int) -> Bool? { values[column].map { $0 == "t" } }
    }

    /// Takes everything out of a result, and frees it.
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
