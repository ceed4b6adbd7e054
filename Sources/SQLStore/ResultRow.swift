import Core

/// One row of a query's result, read by column number.
///
/// Columns of a table that the original made may hold values of any type. A value of an unexpected type reads as nil.
package protocol ResultRow {
    /// The text of a column; nil if it is null or not a text.
    func text(_ column: Int) -> String?

    /// The number of a column; nil if it is null or not a number.
    func integer<Number: FixedWidthInteger>(_ column: Int) -> Number?
}

extension ResultRow {
    /// Whether a column holds a number other than 0.
    func flag(_ column: Int) -> Bool {
        integer(column).map { (number: Int64) in number != 0 } ?? false
    }
}
