/// An item of a header field that lists what a client takes, such as `gzip;q=0.5` of Accept-Encoding.
struct WeightedItem {
    /// In lower case.
    let name: String
    /// From 0 to 1, and 1 if the item has none (RFC 9110, section 12.4.2); nil if it is malformed.
    let weight: Double?

    /// Items beyond this number are ignored.
    private static let maximum = 50

    /// The items of a field, in their order.
    static func all(in field: String) -> [WeightedItem] {
        field.split(separator: ",").prefix(maximum).compactMap { item in
            let parts = item.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            guard let name = parts.first else { return nil }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }?.dropFirst(2)
            return WeightedItem(name: name, weight: weight.map { Double($0) } ?? 1)
        }
    }
}
