import Core

/// The fields of a query string. If a name occurs several times, the last value counts, as in PHP.
package struct Query: Sendable, Equatable {
    private let fields: [Field]

    private struct Field: Equatable {
        let name: String
        let value: String
    }

    /// Splits and decodes a query string; 400 if it cannot be decoded.
    init(_ text: Substring) throws(HTTPError) {
        var fields: [Field] = []
        for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(halves[0], plusIsSpace: true),
                let value = PercentEncoding.decode(halves.count > 1 ? halves[1] : Substring().utf8, plusIsSpace: true)
            else { throw HTTPError(.badRequest, "The query string is malformed. Percent-encode it as UTF-8.") }
            fields.append(Field(name: name, value: value))
        }
        self.fields = fields
    }

    /// The value of a field; nil if the query lacks it.
    package subscript(name: String) -> String? {
        fields.last { $0.name == name }?.value
    }

    /// Adds all fields to a key.
    func add(to key: inout CacheKey) {
        for field in fields {
            key.add(field.name)
            key.add(field.value)
        }
    }

    /// Whether the query has the field as an array, such as `name[]=value`. This API has no such field.
    func isArray(_ name: String) -> Bool {
        fields.contains { $0.name.hasPrefix(name + "[") }
    }
}
