/// What is wrong with what a person gave, by parameter; `params` where it is about the line.
package struct InvalidInputError: Error, Equatable, CustomStringConvertible {
    /// Sentences by the name of the parameter. Never empty.
    package let fields: [String: [String]]

    init(_ field: String, _ problem: String) {
        fields = [field: [problem]]
    }

    init(_ fields: [String: [String]]) {
        self.fields = fields
    }

    /// All sentences.
    package var description: String {
        fields.sorted { $0.key < $1.key }.flatMap(\.value).joined(separator: " ")
    }
}
