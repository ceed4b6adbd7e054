import GRDB
import SQLStore

extension Row: ResultRow {
    /// Unlike GRDB's subscript, this does not end the program for a value of another type.
    package func text(_ column: Int) -> String? {
        String.fromDatabaseValue(self[column])
    }

    package func integer<Number: FixedWidthInteger>(_ column: Int) -> Number? {
        Int64.fromDatabaseValue(self[column]).flatMap { Number(exactly: $0) }
    }
}
