/// Writes the fields of a row, in order.
protocol FieldWriter: ~Copyable {
    mutating func add(_ name: StaticString, _ value: String?)
    mutating func add(_ name: StaticString, _ value: (some FixedWidthInteger)?)
    mutating func add(_ name: StaticString, _ value: Bool)
}
