/// The values of a statement while it is put together.
struct Values {
    private(set) var all: [Value] = []

    /// Adds a value and gives back its mark.
    mutating func add(_ value: Value) -> String {
        all.append(value)
        return "$\(all.count)"
    }
}
