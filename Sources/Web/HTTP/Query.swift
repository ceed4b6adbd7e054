import Core

/// The fields of a query string, in their order; of several with one name the last counts, as in PHP.
package struct Query: Sendable, Equatable {
    private let fields: [Field]

    private struct Field: Equatable {
        let name: String
        let value: String
    }

    /// Splits a query.
    ///
    /// - Throws: ``HTTPError``, 400, if it cannot be decoded.
    init(_ text: Substring) throws(HTTPError) {
        var fields: [Field] = []
        for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(halves[0], plusIsSpace: true),
                let value = PercentEncoding.decode(halves.count > 1 ? halves[1] : Substring().utf8, plusIsSpace: true)
            else { throw HTTPError(.badRequest, "The query is not valid.") }
            fields.append(Field(name: name, value: value))
        }
        self.fields = fields
    }

    /// The value of a field; nil if it is not there.
    package subscript(name: String) -> String? {
        fields.last { $0.name == name }?.value
    }

    /// Whether a field is there in a shape that none of ours has, such as `name[]`.
    func isStrange(_ name: String) -> Bool {
        fields.contains { $0.name.hasPrefix(name + "[") }
    }
}
